import { KMSClient } from "@aws-sdk/client-kms";
import { Keyring } from "bongtu";
import { kms } from "bongtu/aws";

export const keyring = Keyring.kmsRsa({
  keyArn: "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  kms: kms(new KMSClient({ region: "us-west-2" })),
});
