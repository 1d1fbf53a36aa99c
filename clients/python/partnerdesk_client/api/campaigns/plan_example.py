from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.example_shown import ExampleShown
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    version: int | None | Unset = UNSET,
    base_cents: int | Unset = 100000,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_version: int | None | Unset
    if isinstance(version, Unset):
        json_version = UNSET
    else:
        json_version = version
    params["version"] = json_version

    params["base_cents"] = base_cents

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/campaigns/{slug}/plan-example".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ExampleShown | ProblemBody:
    if response.status_code == 200:
        response_200 = ExampleShown.from_dict(response.json())

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
) -> Response[ExampleShown | ProblemBody]:
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
    version: int | None | Unset = UNSET,
    base_cents: int | Unset = 100000,
) -> Response[ExampleShown | ProblemBody]:
    """What a sale earns

    Args:
        slug (str):
        version (int | None | Unset):
        base_cents (int | Unset):  Default: 100000.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExampleShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        slug=slug,
        version=version,
        base_cents=base_cents,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    *,
    client: AuthenticatedClient,
    version: int | None | Unset = UNSET,
    base_cents: int | Unset = 100000,
) -> ExampleShown | ProblemBody | None:
    """What a sale earns

    Args:
        slug (str):
        version (int | None | Unset):
        base_cents (int | Unset):  Default: 100000.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExampleShown | ProblemBody
    """

    return sync_detailed(
        slug=slug,
        client=client,
        version=version,
        base_cents=base_cents,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient,
    version: int | None | Unset = UNSET,
    base_cents: int | Unset = 100000,
) -> Response[ExampleShown | ProblemBody]:
    """What a sale earns

    Args:
        slug (str):
        version (int | None | Unset):
        base_cents (int | Unset):  Default: 100000.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExampleShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        slug=slug,
        version=version,
        base_cents=base_cents,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient,
    version: int | None | Unset = UNSET,
    base_cents: int | Unset = 100000,
) -> ExampleShown | ProblemBody | None:
    """What a sale earns

    Args:
        slug (str):
        version (int | None | Unset):
        base_cents (int | Unset):  Default: 100000.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExampleShown | ProblemBody
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            version=version,
            base_cents=base_cents,
        )
    ).parsed
