import * as bongtu from "bongtu";
import { run } from "./workload.mjs";

const [operation, length] = process.argv.slice(2);
console.log(await run(bongtu, operation, Number(length)));
