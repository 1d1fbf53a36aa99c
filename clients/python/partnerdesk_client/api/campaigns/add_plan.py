from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_plan import NewPlan
from ...models.plan import Plan
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    body: NewPlan,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/campaigns/{slug}/plans".format(
            slug=quote(str(slug), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Plan | ProblemBody:
    if response.status_code == 201:
        response_201 = Plan.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

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

    if response.status_code == 413:
        response_413 = ProblemBody.from_dict(response.json())

        return response_413

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Plan | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[Plan | ProblemBody]:
    """Say what a campaign pays

     A new version. For each level (1–10) a percentage of the base, a fixed amount, or both; tiers by the
    partner's revenue of the month, `flat` or `graduated`; caps per sale and month. What an earlier plan
    has paid stays. Levels that together exceed the base are refused.

    Args:
        slug (str):
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Plan | ProblemBody]
    """

    kwargs = _get_kwargs(
        slug=slug,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    idempotency_key: None | str | Unset = UNSET,
) -> Plan | ProblemBody | None:
    """Say what a campaign pays

     A new version. For each level (1–10) a percentage of the base, a fixed amount, or both; tiers by the
    partner's revenue of the month, `flat` or `graduated`; caps per sale and month. What an earlier plan
    has paid stays. Levels that together exceed the base are refused.

    Args:
        slug (str):
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Plan | ProblemBody
    """

    return sync_detailed(
        slug=slug,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[Plan | ProblemBody]:
    """Say what a campaign pays

     A new version. For each level (1–10) a percentage of the base, a fixed amount, or both; tiers by the
    partner's revenue of the month, `flat` or `graduated`; caps per sale and month. What an earlier plan
    has paid stays. Levels that together exceed the base are refused.

    Args:
        slug (str):
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Plan | ProblemBody]
    """

    kwargs = _get_kwargs(
        slug=slug,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    idempotency_key: None | str | Unset = UNSET,
) -> Plan | ProblemBody | None:
    """Say what a campaign pays

     A new version. For each level (1–10) a percentage of the base, a fixed amount, or both; tiers by the
    partner's revenue of the month, `flat` or `graduated`; caps per sale and month. What an earlier plan
    has paid stays. Levels that together exceed the base are refused.

    Args:
        slug (str):
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Plan | ProblemBody
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
