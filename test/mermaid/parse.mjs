// Reads a JSON array of {name, text} from stdin, parses each text as Mermaid does in a browser, and prints a JSON array
// of {name, type, error, vertices, edges}.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = [];
for (const { name, text } of JSON.parse(Buffer.concat(chunks).toString('utf8'))) {
  const result = { name };
  try {
    const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
    result.type = diagram.type;
    result.vertices = diagram.db.getVertices().size;
    result.edges = diagram.db.getEdges().length;
  } catch (error) {
    result.error = String(error?.message ?? error);
  }
  results.push(result);
}
process.stdout.write(JSON.stringify(results));
