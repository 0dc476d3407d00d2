"""Account without a security contact

## Why it matters
When AWS sees leaked keys or abuse in an account, it writes to the root user's email address and to the alternate security contact.
The first is often a mailbox that nobody reads; the second exists so that the message reaches those who can act on it.

## How to fix
Set the alternate security contact to a mailbox that your security team reads:

    aws account put-alternate-contact --alternate-contact-type SECURITY --name "Security team" --title "Security" \\
      --email-address ADDRESS --phone-number NUMBER

Console: account menu, *Account*, *Alternate contacts*, *Edit*. Use a team's address, not a person's. For a member account add
`--account-id` and run it from the management account or a delegated administrator for account management: one loop then sets it for
all accounts of an organisation. Terraform: `aws_account_alternate_contact`.

## When it is fine
The root user's mailbox is the security team's own, and it is read every day.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Account,
    AlternateContact,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Account,
    reads=(Account.alternate_contacts,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("cis-aws-7.0:2.3", "fsbp:Account.1", "kisa-isms-p-2023:2.11.1"),
)
def check(account: Account, about: Context[Limits]) -> Iterator[Verdict]:
    contacts = need(account.alternate_contacts)
    security = [contact for contact in contacts if contact.type == "SECURITY"]
    if security:
        yield ok("the security contact's address is at {email_domain}", email_domain=security[0].email_domain)
    else:
        yield flag("no alternate security contact is set", types=[contact.type for contact in contacts])


def cases() -> Iterator[Case[Account]]:
    security, billing = AlternateContact("SECURITY", "example.com"), AlternateContact("BILLING", "example.com")
    yield passes("a security contact", sample(Account, alternate_contacts=Known((billing, security))))
    yield fails("no alternate contact", sample(Account, alternate_contacts=Known(())))
    yield fails("a billing contact only", sample(Account, alternate_contacts=Known((billing,))))
    yield unknown("contacts may not be read", sample(Account, alternate_contacts=denied(Account.alternate_contacts)))
