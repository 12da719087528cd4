// `npm run test:long`: properties are tried twenty times as often as by `npm test`.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: 2_000 });
