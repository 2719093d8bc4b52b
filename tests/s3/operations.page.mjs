import { offer } from "./clients/page.mjs";
import { operations } from "./operations.mjs";

offer(operations);
