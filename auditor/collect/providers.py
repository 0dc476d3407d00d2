"""What else IAM keeps: identity providers and server certificates. One list each, and one call for each OIDC provider if wanted."""

from __future__ import annotations

from auditor.collect.door import Answer
from auditor.collect.shapes import moment, moment_or_none, texts
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.iam import OidcProvider, SamlProvider, ServerCertificate


def saml_providers(visit: Visit) -> None:
    """The SAML identity providers."""
    if visit.lists(SamlProvider):
        listing = visit.pages(calls.LIST_SAML_PROVIDERS, "SAMLProviderList")
        visit.add_each(SamlProvider, listing, lambda entry: _saml_provider(visit, entry))


def _saml_provider(visit: Visit, entry: Answer) -> SamlProvider:
    arn = str(entry.raw["Arn"])
    return SamlProvider(
        arn=arn,
        id=arn.partition(":saml-provider/")[2],
        region=visit.region,
        valid_until=entry.take(lambda r: moment_or_none(r.get("ValidUntil"))),
        created=entry.take(lambda r: moment_or_none(r.get("CreateDate"))),
    )


def oidc_providers(visit: Visit) -> None:
    """The OpenID Connect identity providers."""
    if visit.lists(OidcProvider):
        listing = visit.pages(calls.LIST_OPEN_ID_CONNECT_PROVIDERS, "OpenIDConnectProviderList")
        visit.add_each(OidcProvider, listing, lambda entry: _oidc_provider(visit, entry))


def _oidc_provider(visit: Visit, entry: Answer) -> OidcProvider:
    arn = str(entry.raw["Arn"])
    provider = visit.when(
        visit.wants(OidcProvider.clients, OidcProvider.thumbprints),
        calls.GET_OPEN_ID_CONNECT_PROVIDER,
        {"OpenIDConnectProviderArn": arn},
        of=arn,
    )
    return OidcProvider(
        arn=arn,
        id=arn.partition(":oidc-provider/")[2],
        region=visit.region,
        clients=provider.take(lambda r: texts(r, "ClientIDList")),
        thumbprints=provider.take(lambda r: texts(r, "ThumbprintList")),
    )


def server_certificates(visit: Visit) -> None:
    """The TLS certificates kept in IAM."""
    if visit.lists(ServerCertificate):
        listing = visit.pages(calls.LIST_SERVER_CERTIFICATES, "ServerCertificateMetadataList")
        visit.add_each(ServerCertificate, listing, lambda entry: _server_certificate(visit, entry))


def _server_certificate(visit: Visit, entry: Answer) -> ServerCertificate:
    return ServerCertificate(
        arn=str(entry.raw["Arn"]),
        id=str(entry.raw["ServerCertificateName"]),
        region=visit.region,
        expires=entry.take(lambda r: moment(r["Expiration"])),
        uploaded=entry.take(lambda r: moment_or_none(r.get("UploadDate"))),
    )


COLLECTORS = (
    Collector(label="SAML providers", kinds=(SamlProvider,), run=saml_providers),
    Collector(label="OIDC providers", kinds=(OidcProvider,), run=oidc_providers),
    Collector(label="Server certificates", kinds=(ServerCertificate,), run=server_certificates),
)
