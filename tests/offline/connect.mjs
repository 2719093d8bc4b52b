// Fails where there is no network: 192.0.2.1 is reserved for documentation.

import { connect } from "node:net";

connect({ host: "192.0.2.1", port: 443, timeout: 5000 }, () => process.exit(0));
