"""ministack's IAM evaluator as a judge of bucket policies.

One JSON request per line of standard input, one JSON answer line each:

    {"policy", "action", "resource", "principal", "secureTransport", "keys": {condition key: value}}
    -> {"decision": "Allow" | "Deny" | "ImplicitDeny", "sid"} or {"error": "..."}

`policy` is a document, as JSON or as its text. The principal's account owns the bucket and its own policies allow everything, so
that only an explicit Deny of the bucket's policy keeps it out.
"""

import json
import sys

from ministack.core import iam_evaluator as iam


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(request):
    problem = iam.validate_policy_document(request["policy"])
    if problem is not None:
        return {"error": problem}
    context = iam.EvalContext(
        principal_arn=request["principal"],
        principal_type="AssumedRole",
        principal_account=request["principal"].split(":")[4],
        action=request["action"],
        resource_arn=request["resource"],
        region="eu-west-1",
        source_ip="192.0.2.1",
        secure_transport=request["secureTransport"],
        service_context={name.lower(): value for name, value in request["keys"].items()},
    )
    identity = iam.evaluate(context, [iam.parse_policy_document(EVERYTHING)])
    result = iam.combine_resource_policy(identity, context, request["policy"], context.principal_account)
    return {"decision": result.decision, "sid": result.matched_sid}


EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


if __name__ == "__main__":
    main()
