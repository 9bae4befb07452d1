// The public audit of GraphQL over HTTP against a server: `node audit.mjs http://127.0.0.1:8000/graphql`.
// Prints what is not in order and one line of totals; exits with 1 on an error, a warning, or an unknown notice.
import { auditServer } from 'graphql-http';

// GET is not answered, on purpose: a link must not be able to ask anything.
const ACCEPTED = new Set(['5A70', 'D6D5', '6A70']);

const results = await auditServer({ url: process.argv[2], fetchFn: fetch });
const counts = { ok: 0, notice: 0, warn: 0, error: 0 };
let failed = results.length === 0;
for (const { id, name, status, reason } of results) {
  counts[status] += 1;
  const accepted = status === 'ok' || (status === 'notice' && ACCEPTED.has(id));
  failed ||= !accepted;
  if (status !== 'ok') console.log(`  ${accepted ? 'accepted' : 'FAILED'} ${status} ${id} ${name}: ${reason}`);
}
console.log(
  `graphql-http: ${results.length} audits, ${counts.ok} ok, ${counts.notice} notices, ` +
    `${counts.warn} warnings, ${counts.error} errors`,
);
process.exitCode = failed ? 1 : 0;
