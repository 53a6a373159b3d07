"""Red answers get their advice whatever fails behind them; pages stay private."""

import logging
from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from patients.domain.questionnaires import DEATH_ITEM, PHQ9
from patients.domain.redflags import signs_in, ticked
from patients.domain.visits import QUESTIONS
from patients.views.help import crisis_response

log = logging.getLogger(__name__)
MOOD: Final = f"/questions/{PHQ9}/"
WRITTEN: Final = {"/messages/": ("text",), "/visit/": tuple(QUESTIONS)}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class CrisisMiddleware:
    """Outermost: a ticked safety answer, or words of crisis written to the clinic, never end
    in a page without the advice.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or not self._may_be_red(request.path_info):
            return self.get_response(request)
        try:
            red, region = self._red(request), request.POST.get("region", "")
        except Exception:
            log.exception("a safety answer could not be read")
            return crisis_response(frozenset({"r1"}), region="", saved=False)
        if not red:
            return self.get_response(request)
        try:
            response = self.get_response(request)
        except Exception:
            log.exception("a red answer could not be saved")
            return crisis_response(red, region=region, saved=False)
        if getattr(response, "crisis", False):
            return response
        return crisis_response(red, region=region, saved=False)

    @staticmethod
    def _may_be_red(path: str) -> bool:
        is_safety = path.startswith("/check-in/") and path.endswith("/safety/")
        return is_safety or path == MOOD or path in WRITTEN

    @staticmethod
    def _red(request: HttpRequest) -> frozenset[str]:
        if fields := WRITTEN.get(request.path_info):
            return signs_in(" ".join(request.POST.get(field, "") for field in fields))
        if request.path_info == MOOD:
            return frozenset({"r4"} if request.POST.get(DEATH_ITEM) in ("1", "2", "3") else ())
        return ticked(request.POST.getlist("flag"))


class PublicFirstMiddleware(LoginRequiredMiddleware):
    """Asks for sign-in, but looks at nobody's session for a public page."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class PrivacyMiddleware:
    """Nothing of a signed-in page is kept by a browser or a proxy; no sensors, no camera."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path_info.startswith(("/static/", "/help-now/")):
            response.headers["Cache-Control"] = "no-store"
        return response
