"""ministack's IAM evaluator as a judge of bucket policies and key policies.

One JSON request per line of standard input, one JSON answer line each:

    {"policy", "action", "resource", "principal", "secureTransport", "keys": {condition key: value}}
    -> {"decision": "Allow" | "Deny" | "ImplicitDeny", "sid"} or {"error": "..."}

`policy` is a document, as JSON or as its text. Unless told otherwise the principal's account owns the bucket and its own policies
allow everything, so that only an explicit Deny of the bucket's policy keeps it out. With `owner`, the account that has a KMS key,
the key's policy must allow it as well; `identity` are the policies of the principal then.
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
    identity = iam.evaluate(context, [iam.parse_policy_document(one) for one in request.get("identity", [EVERYTHING])])
    owner = request.get("owner")
    result = iam.combine_resource_policy(
        identity, context, request["policy"], owner or context.principal_account, required=owner is not None
    )
    return {"decision": result.decision, "sid": result.matched_sid}


EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


if __name__ == "__main__":
    main()
