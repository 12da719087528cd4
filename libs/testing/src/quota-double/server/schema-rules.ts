/**
 * What providers ask of a JSON schema for structured output. Every object names all its properties as required
 * (OpenAI, strict) and allows no others (both); Anthropic refuses bounds of numbers, strings and arrays altogether
 * (agentjido/req_llm #302: "For 'integer' type, property 'minimum' is not supported").
 */
const BOUNDS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
];

/** What is wrong with a schema, or null. */
export function schemaProblem(schema: object, provider: 'openai' | 'anthropic', path = '()'): string | null {
  const node = schema as Record<string, unknown>;
  if (path === '()' && node.type !== 'object') return `the root has to be of type 'object', not '${String(node.type)}'`;
  if (node.type === 'object') {
    const properties = Object.keys(node.properties ?? {});
    const required = (node.required ?? []) as string[];
    if (node.additionalProperties !== false) return `in ${path}, 'additionalProperties' has to be false`;
    const missing = properties.find((name) => !required.includes(name));
    if (provider === 'openai' && missing)
      return `in ${path}, 'required' has to name every property; '${missing}' is missing`;
  }
  const bound = provider === 'anthropic' ? BOUNDS.find((keyword) => keyword in node) : undefined;
  if (bound) return `in ${path}, property '${bound}' is not supported`;
  for (const [name, child] of childrenOf(node)) {
    const problem = schemaProblem(child, provider, `${path}.${name}`);
    if (problem !== null) return problem;
  }
  return null;
}

function childrenOf(node: Record<string, unknown>): [string, object][] {
  const groups = ['properties', '$defs', 'definitions'].flatMap((key) => Object.entries(node[key] ?? {}));
  const lists = ['anyOf', 'allOf', 'oneOf'].flatMap((key) =>
    ((node[key] ?? []) as object[]).map((child, i): [string, unknown] => [`${key}[${i}]`, child]),
  );
  const all: [string, unknown][] = [...groups, ...lists, ['items', node.items]];
  return all.filter((entry): entry is [string, object] => typeof entry[1] === 'object' && entry[1] !== null);
}
