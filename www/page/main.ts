// The page from key to opened file: each step hands what it made to the next.

import { BackEnd } from "./back-end.ts";
import { FileStep } from "./file.ts";
import { KeyStep } from "./key.ts";
import { Ledger } from "./ledger.ts";
import { MapStep } from "./map.ts";
import { OpenStep } from "./open.ts";
import { SealStep } from "./seal.ts";
import { StoreStep } from "./store.ts";

const ledger = new Ledger();
const backEnd = BackEnd.fromAddress();

const open = new OpenStep(backEnd);
const store = new StoreStep(backEnd, (stored) => open.ready(stored));
const map = new MapStep();
const seal = new SealStep(ledger, (sealed) => {
  map.show(sealed);
  store.ready(sealed);
});
const file = new FileStep((key, chosen) => {
  map.reset();
  store.reset();
  open.reset();
  seal.ready(key, chosen);
});
const key = new KeyStep(backEnd, (recipient) => file.ready(recipient));

key.load();
