import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.due import Due
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    code: str,
    *,
    cut_off: datetime.datetime | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_cut_off: None | str | Unset
    if isinstance(cut_off, Unset):
        json_cut_off = UNSET
    elif isinstance(cut_off, datetime.datetime):
        json_cut_off = cut_off.isoformat()
    else:
        json_cut_off = cut_off
    params["cut_off"] = json_cut_off

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/partners/{code}/due".format(
            code=quote(str(code), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Due | ProblemBody:
    if response.status_code == 200:
        response_200 = Due.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Due | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    code: str,
    *,
    client: AuthenticatedClient,
    cut_off: datetime.datetime | None | Unset = UNSET,
) -> Response[Due | ProblemBody]:
    """What a partner is due

     What is due for each tax case, and what still waits and why: hold, open invoice, minimum payout …

    Args:
        code (str):
        cut_off (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Due | ProblemBody]
    """

    kwargs = _get_kwargs(
        code=code,
        cut_off=cut_off,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    code: str,
    *,
    client: AuthenticatedClient,
    cut_off: datetime.datetime | None | Unset = UNSET,
) -> Due | ProblemBody | None:
    """What a partner is due

     What is due for each tax case, and what still waits and why: hold, open invoice, minimum payout …

    Args:
        code (str):
        cut_off (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Due | ProblemBody
    """

    return sync_detailed(
        code=code,
        client=client,
        cut_off=cut_off,
    ).parsed


async def asyncio_detailed(
    code: str,
    *,
    client: AuthenticatedClient,
    cut_off: datetime.datetime | None | Unset = UNSET,
) -> Response[Due | ProblemBody]:
    """What a partner is due

     What is due for each tax case, and what still waits and why: hold, open invoice, minimum payout …

    Args:
        code (str):
        cut_off (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Due | ProblemBody]
    """

    kwargs = _get_kwargs(
        code=code,
        cut_off=cut_off,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    code: str,
    *,
    client: AuthenticatedClient,
    cut_off: datetime.datetime | None | Unset = UNSET,
) -> Due | ProblemBody | None:
    """What a partner is due

     What is due for each tax case, and what still waits and why: hold, open invoice, minimum payout …

    Args:
        code (str):
        cut_off (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Due | ProblemBody
    """

    return (
        await asyncio_detailed(
            code=code,
            client=client,
            cut_off=cut_off,
        )
    ).parsed
