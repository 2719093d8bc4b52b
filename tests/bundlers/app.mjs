import { inspect, Keyring, KmsPublicKey, open, seal, sealedSize } from "bongtu";
import { reportRoundTrip } from "./report.mjs";

reportRoundTrip({ inspect, Keyring, KmsPublicKey, open, seal, sealedSize });
