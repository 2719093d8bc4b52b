// The few elements that are read of S3's XML. A document comes from whoever answers: each search goes on where the last one ended, so
// that a long one costs no more than its length.

/** The text of the first element of this name that has no others in it, its entities resolved. */
export function element(xml: string, name: string): string | undefined {
  for (const content of contents(xml, name)) {
    if (!content.includes("<")) {
      return content.replace(ENTITY, unescaped);
    }
  }
  return undefined;
}

/** The contents of all elements of this name, as they stand. */
export function elements(xml: string, name: string): string[] {
  return Array.from(contents(xml, name));
}

/** Whether the text ends with this element, as a document does that was not cut short. */
export function ends(xml: string, name: string): boolean {
  return xml.includes(`</${name}>`);
}

/** Whether an element of this name begins here. */
export function begins(xml: string, name: string): boolean {
  return tagAt(xml, name, 0) !== undefined;
}

function* contents(xml: string, name: string): Generator<string> {
  const closing = `</${name}>`;
  let start = tagAt(xml, name, 0);
  while (start !== undefined) {
    const opened = xml.indexOf(">", start);
    const end = opened < 0 ? -1 : xml.indexOf(closing, opened);
    if (end < 0) {
      return; // no later one ends either
    }
    yield xml.slice(opened + 1, end);
    start = tagAt(xml, name, end + closing.length);
  }
}

/** Where the name of an opening tag ends, from `position` on. */
function tagAt(xml: string, name: string, position: number): number | undefined {
  const opening = `<${name}`;
  for (let at = xml.indexOf(opening, position); at >= 0; at = xml.indexOf(opening, at)) {
    at += opening.length;
    if (/[>\s]/.test(xml.charAt(at))) {
      return at;
    }
  }
  return undefined;
}

const ENTITY = /&(?:quot|amp|lt|gt|apos|#(\d+)|#x([0-9a-fA-F]+));/g;

const ENTITIES: Record<string, string> = {
  "&quot;": '"',
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&apos;": "'",
};

function unescaped(entity: string, decimal?: string, hex?: string): string {
  const known = ENTITIES[entity];
  if (known !== undefined) {
    return known;
  }
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
