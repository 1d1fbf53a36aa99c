from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.endpoint_secret import EndpointSecret
from ...models.problem_body import ProblemBody
from ...types import Response


def _get_kwargs(
    endpoint: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/webhook-endpoints/{endpoint}/secret".format(
            endpoint=quote(str(endpoint), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> EndpointSecret | ProblemBody:
    if response.status_code == 200:
        response_200 = EndpointSecret.from_dict(response.json())

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
) -> Response[EndpointSecret | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[EndpointSecret | ProblemBody]:
    """Show an endpoint's secret

     The newest one; one that was replaced counts beside it for 24 hours. Who had it shown stands in the
    audit trail.

    Args:
        endpoint (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EndpointSecret | ProblemBody]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
) -> EndpointSecret | ProblemBody | None:
    """Show an endpoint's secret

     The newest one; one that was replaced counts beside it for 24 hours. Who had it shown stands in the
    audit trail.

    Args:
        endpoint (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EndpointSecret | ProblemBody
    """

    return sync_detailed(
        endpoint=endpoint,
        client=client,
    ).parsed


async def asyncio_detailed(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[EndpointSecret | ProblemBody]:
    """Show an endpoint's secret

     The newest one; one that was replaced counts beside it for 24 hours. Who had it shown stands in the
    audit trail.

    Args:
        endpoint (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EndpointSecret | ProblemBody]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
) -> EndpointSecret | ProblemBody | None:
    """Show an endpoint's secret

     The newest one; one that was replaced counts beside it for 24 hours. Who had it shown stands in the
    audit trail.

    Args:
        endpoint (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EndpointSecret | ProblemBody
    """

    return (
        await asyncio_detailed(
            endpoint=endpoint,
            client=client,
        )
    ).parsed
