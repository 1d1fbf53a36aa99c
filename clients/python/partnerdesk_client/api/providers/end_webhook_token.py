from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_body import ProblemBody
from ...models.webhook_tokens import WebhookTokens
from ...types import Response


def _get_kwargs(
    webhook_token: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/providers/lexoffice/webhook-tokens/{webhook_token}".format(
            webhook_token=quote(str(webhook_token), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemBody | WebhookTokens:
    if response.status_code == 200:
        response_200 = WebhookTokens.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemBody.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemBody.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ProblemBody.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = ProblemBody.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemBody.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = ProblemBody.from_dict(response.json())

        return response_503

    response_default = ProblemBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemBody | WebhookTokens]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    webhook_token: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ProblemBody | WebhookTokens]:
    """End a webhook token at once

     What comes with it is refused from now on. Where lexoffice itself uses it, the subscriptions are set
    up with a new one.

    Args:
        webhook_token (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | WebhookTokens]
    """

    kwargs = _get_kwargs(
        webhook_token=webhook_token,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_token: UUID,
    *,
    client: AuthenticatedClient,
) -> ProblemBody | WebhookTokens | None:
    """End a webhook token at once

     What comes with it is refused from now on. Where lexoffice itself uses it, the subscriptions are set
    up with a new one.

    Args:
        webhook_token (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | WebhookTokens
    """

    return sync_detailed(
        webhook_token=webhook_token,
        client=client,
    ).parsed


async def asyncio_detailed(
    webhook_token: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[ProblemBody | WebhookTokens]:
    """End a webhook token at once

     What comes with it is refused from now on. Where lexoffice itself uses it, the subscriptions are set
    up with a new one.

    Args:
        webhook_token (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | WebhookTokens]
    """

    kwargs = _get_kwargs(
        webhook_token=webhook_token,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_token: UUID,
    *,
    client: AuthenticatedClient,
) -> ProblemBody | WebhookTokens | None:
    """End a webhook token at once

     What comes with it is refused from now on. Where lexoffice itself uses it, the subscriptions are set
    up with a new one.

    Args:
        webhook_token (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | WebhookTokens
    """

    return (
        await asyncio_detailed(
            webhook_token=webhook_token,
            client=client,
        )
    ).parsed
