"""All pages."""

from fastapi import APIRouter

from api.pages import (
    admin,
    approval_rules,
    key_admin,
    language_choice,
    lexoffice_settings,
    login,
    second_factor,
    static_files,
    user_admin,
)

router = APIRouter()
for part in (
    static_files,
    language_choice,
    login,
    second_factor,
    admin,
    user_admin,
    key_admin,
    approval_rules,
    lexoffice_settings,
):
    router.include_router(part.router)
