"""What libraries work out anew for each client, call or command, and what always comes out the same: kept for all tests.

It is the same data and the same classes, and what goes over the wire stays as it was.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest


def the_sdk(patch: pytest.MonkeyPatch) -> None:
    """The models of the services, which each session parses; the class of clients; the names of events, which each call looks up."""
    from botocore.client import ClientCreator
    from botocore.hooks import EventAliaser
    from botocore.loaders import JSONFileLoader
    from botocore.model import ServiceModel

    loader: Any = JSONFileLoader
    maker: Any = ClientCreator
    aliaser: Any = EventAliaser
    load, make, read, alias = loader.load_file, maker._create_client_class, maker._load_service_model, aliaser._alias_event_name
    classes: dict[str, Any] = {}
    models: dict[tuple[str, str | None], ServiceModel] = {}
    names: dict[str, str] = {}

    @cache
    def loaded(path: str) -> Any:
        return load(loader(), path)

    def made(creator: Any, service: str, model: Any) -> Any:
        if service not in classes:
            classes[service] = make(creator, service, model)
        return classes[service]

    def model_of(creator: Any, service: str, version: str | None = None) -> ServiceModel:
        if (service, version) not in models:
            models[service, version] = read(creator, service, version)
        return models[service, version]

    def aliased(hooks: Any, name: str) -> str:
        if name not in names:  # every session has the same aliases
            names[name] = alias(hooks, name)
        return names[name]

    patch.setattr(loader, "load_file", lambda _, path: loaded(path))
    patch.setattr(maker, "_create_client_class", made)
    patch.setattr(maker, "_load_service_model", model_of)
    patch.setattr(aliaser, "_alias_event_name", aliased)


def the_emulator(patch: pytest.MonkeyPatch) -> None:
    """Which services moto has, for which each request walks its folders; which operations a service has."""
    import moto.backends
    import moto.core.responses

    services = tuple(moto.backends.list_of_moto_modules())
    patch.setattr(moto.backends, "list_of_moto_modules", lambda: services)
    patch.setattr(moto.core.responses, "method_names_from_class", cache(moto.core.responses.method_names_from_class))


def the_command_line(patch: pytest.MonkeyPatch) -> None:
    """The commands that Typer makes of our functions each time it is called, which is once for a process but for those of tests."""
    import typer.main

    patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
