"""The places where secrets are kept, and plain KMS, as any program sees them that knows nothing but the AWS SDK.

One JSON command per line of standard input, one JSON answer line each:

    {"op": "ssm" | "secrets-manager" | "lambda", "name", "value"} -> {"value", "tier"}    stored, and read back; the tier is SSM's
    {"op": "encrypt" | "decrypt", "arn", "algorithm", "value"}    -> {"value"}             KMS's own, all in base64
    -> or {"error": "..."}
"""

import base64
import functools
import io
import json
import sys
import zipfile

import boto3


def main():
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = OPERATIONS[command.pop("op")](**command)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def ssm(name, value):
    client = boto3.client("ssm")
    # The service shall choose, and says whether a standard parameter was enough.
    setting = "/ssm/parameter-store/default-parameter-tier"
    client.update_service_setting(SettingId=setting, SettingValue="Intelligent-Tiering")
    tier = client.put_parameter(Name=name, Value=value, Type="String")["Tier"]
    return {"value": client.get_parameter(Name=name)["Parameter"]["Value"], "tier": tier}


def secrets_manager(name, value):
    client = boto3.client("secretsmanager")
    client.create_secret(Name=name, SecretString=value)
    return {"value": client.get_secret_value(SecretId=name)["SecretString"]}


def function(name, value):
    client = boto3.client("lambda")
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    client.create_function(
        FunctionName=name,
        Runtime="nodejs20.x",
        Role=role["Arn"],
        Handler="index.handler",
        Code={"ZipFile": archive()},
        # A name as short as names may be, since it counts.
        Environment={"Variables": {"DB": value}},
    )
    environment = client.get_function_configuration(FunctionName=name)["Environment"]
    return {"value": environment["Variables"]["DB"]}


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as contents:
        contents.writestr("index.mjs", "export const handler = () => {};")
    return file.getvalue()


def encrypt(arn, algorithm, value):
    plaintext = base64.b64decode(value)
    answer = kms(arn).encrypt(KeyId=arn, EncryptionAlgorithm=algorithm, Plaintext=plaintext)
    return {"value": base64.b64encode(answer["CiphertextBlob"]).decode()}


def decrypt(arn, algorithm, value):
    ciphertext = base64.b64decode(value, validate=True)
    answer = kms(arn).decrypt(KeyId=arn, EncryptionAlgorithm=algorithm, CiphertextBlob=ciphertext)
    return {"value": base64.b64encode(answer["Plaintext"]).decode()}


@functools.cache
def kms(arn):
    return boto3.client("kms", region_name=arn.split(":")[3])


OPERATIONS = {
    "ssm": ssm,
    "secrets-manager": secrets_manager,
    "lambda": function,
    "encrypt": encrypt,
    "decrypt": decrypt,
}

if __name__ == "__main__":
    main()
