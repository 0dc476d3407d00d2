"""The IAM policy engine: no I/O, but for the table of actions (:mod:`auditor.policy.action_data` and its cache).

Read (:mod:`parse`), ask (:mod:`evaluate`), check (:mod:`lint`). A decision in a few lines::

    document = parse('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}')
    who = principal("arn:aws:iam::123456789012:user/ci")
    keys = derived(who, "s3:GetObject", "123456789012")
    request = Request(principal=who, action="s3:getobject", resource="arn:aws:s3:::models/x", resource_account="123456789012",
                      context=Context(keys))
    decision = evaluate(request, Policies(identity=policy([document])))     # Outcome.ALLOW, because of statement 0

:mod:`requests` does the same for plain data, :mod:`oracle` for the policies of a snapshot.
"""
