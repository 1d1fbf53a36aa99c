from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.example_shown import ExampleShown
from ...models.new_plan import NewPlan
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewPlan,
    base_cents: int | Unset = 100000,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    params: dict[str, Any] = {}

    params["base_cents"] = base_cents

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/campaigns/try-plan",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ExampleShown | ProblemBody:
    if response.status_code == 200:
        response_200 = ExampleShown.from_dict(response.json())

        return response_200

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


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ExampleShown | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    base_cents: int | Unset = 100000,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ExampleShown | ProblemBody]:
    """Try a plan

     Computes a sale without storing anything. 422 where the plan is not acceptable.

    Args:
        base_cents (int | Unset):  Default: 100000.
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExampleShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        body=body,
        base_cents=base_cents,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    base_cents: int | Unset = 100000,
    idempotency_key: None | str | Unset = UNSET,
) -> ExampleShown | ProblemBody | None:
    """Try a plan

     Computes a sale without storing anything. 422 where the plan is not acceptable.

    Args:
        base_cents (int | Unset):  Default: 100000.
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExampleShown | ProblemBody
    """

    return sync_detailed(
        client=client,
        body=body,
        base_cents=base_cents,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    base_cents: int | Unset = 100000,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ExampleShown | ProblemBody]:
    """Try a plan

     Computes a sale without storing anything. 422 where the plan is not acceptable.

    Args:
        base_cents (int | Unset):  Default: 100000.
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExampleShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        body=body,
        base_cents=base_cents,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewPlan,
    base_cents: int | Unset = 100000,
    idempotency_key: None | str | Unset = UNSET,
) -> ExampleShown | ProblemBody | None:
    """Try a plan

     Computes a sale without storing anything. 422 where the plan is not acceptable.

    Args:
        base_cents (int | Unset):  Default: 100000.
        idempotency_key (None | str | Unset):
        body (NewPlan): Without `valid_from` it holds from ever: the first plan of a campaign.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExampleShown | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            base_cents=base_cents,
            idempotency_key=idempotency_key,
        )
    ).parsed
