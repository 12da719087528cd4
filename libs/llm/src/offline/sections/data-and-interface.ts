import type { SectionWriter } from './wording.js';
import { codeName, keyName, deed, first, many } from './wording.js';

export const dataModel: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `These records carry ${brief.product}; the first one below the accounts is its heart. Ids are UUIDs made by the writer, instants are UTC.`,
    ],
  },
  {
    style: 'table',
    columns: ['Entity', 'Fields', 'Rules'],
    items: [
      '`accounts` | id, name, mail, created_at, deleted_at | mail unique; deleted after 30 days',
      ...[...new Set(brief.things.map((_, i) => codeName(brief, i)))]
        .slice(0, 5)
        .map(
          (name, i) =>
            `\`${name}\` | id, ${i === 0 ? 'account_id' : `${keyName(brief, 0)}`}, title, state, version, updated_at | ${['state by table of transitions', 'deleted with its owner', 'one current per owner', 'never changed, only added', 'title at most 200 characters'][i % 5]}`,
        ),
      '`history` | id, record_id, account_id, change, at | append only',
      '`outbox` | id, kind, payload, created_at | emptied by the worker',
    ],
    least: 4,
  },
  {
    heading: 'States',
    style: 'bullets',
    items: [
      `\`${codeName(brief, 0)}\`: draft → open → done; open → cancelled. Done and cancelled never change again.`,
      `A change names the version it saw; another one in between answers \`conflict\`.`,
      'The text of a record and the reason of a refusal never share a column.',
    ],
    least: 2,
  },
  {
    heading: 'Reading it',
    style: 'bullets',
    items: [
      `By owner and state, newest first: the list ${first(brief)} see on opening; one index.`,
      `By words in titles: full-text index of the database, enough up to 100,000 rows.`,
      `Nightly: open ${many(brief, 0)} older than 7 days, for the metrics.`,
    ],
    least: 2,
  },
  {
    heading: 'Kept and deleted',
    style: 'bullets',
    items: [
      'History: 2 years, then only counts.',
      'Accounts: personal fields emptied 30 days after deletion; records of others keep an anonymous author.',
    ],
  },
];

export const apiContracts: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      'JSON over HTTP, one error shape, cursor pages, `If-Match` for changes. Names are those of the data model.',
    ],
  },
  {
    style: 'table',
    columns: ['Route', 'For', 'Answers'],
    items: [
      `\`POST /v1/${codeName(brief, 0)}\` | ${deed(brief, 0)} | 201, 409 \`duplicate\`, 422`,
      `\`GET /v1/${codeName(brief, 0)}?state=&cursor=\` | the list on opening | 200`,
      `\`GET /v1/${codeName(brief, 0)}/{id}\` | one record with its history | 200, 404`,
      `\`PATCH /v1/${codeName(brief, 0)}/{id}\` | ${deed(brief, 1)} | 200, 409 \`conflict\`, 412`,
      `\`POST /v1/${codeName(brief, 1)}\` | ${deed(brief, 2)} | 201, 422`,
      `\`DELETE /v1/${codeName(brief, 0)}/{id}\` | taking it back, 30 days | 204`,
      `\`GET /v1/events\` | changes as they happen | event stream`,
      `\`GET /v1/export\` | everything of one account | 200, a file`,
    ],
    least: 5,
  },
  {
    heading: 'Rules for all',
    style: 'bullets',
    items: [
      'An error is `{code, title, detail, field}`; codes are stable, sentences are not.',
      'The same `Idempotency-Key` within 24 hours answers the first result again.',
      "A foreign id is 404, never 403: existence is nobody else's business.",
      'Limits: 60 changes a minute per account, bodies up to 256 KiB; the answer names the limit.',
      'New fields may come at any time; anything else is a new version beside the old one.',
    ],
    least: 3,
  },
  {
    heading: 'Events',
    style: 'bullets',
    items: [
      `\`${codeName(brief, 0)}.changed {id, version, state}\`: after commit, numbered without gaps per account.`,
      `\`${codeName(brief, 1)}.added {id, ${keyName(brief, 0)}}\`: a reader that missed some asks from the last number on.`,
    ],
  },
];
