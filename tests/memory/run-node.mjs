import * as bongtu from "bongtu";
import { stream } from "./workload.mjs";

const [operation, length] = process.argv.slice(2);
console.log(await stream(bongtu, operation, Number(length)));
