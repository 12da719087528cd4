/** What was done, by its name in the log. */
const ACTIONS: Readonly<Record<string, string>> = {
  'api_key.create': 'Made an API key',
  'api_key.rotate': 'Rotated an API key',
  'api_key.revoke': 'Revoked an API key',
  'project.delete': 'Deleted a project',
  'project.import': 'Imported a project',
  'task.delete': 'Deleted a card',
  'version.activate': 'Activated a version',
  'document.archive': 'Archived a document',
  'columns.replace': 'Changed the workspace’s columns',
  'workspace.update': 'Changed the workspace',
  'webhook.create': 'Made a webhook',
  'webhook.update': 'Changed a webhook',
  'webhook.rotate': 'Gave a webhook a new secret',
  'webhook.delete': 'Deleted a webhook',
  'webhook.replay': 'Sent a webhook’s message again',
  'feature.retry': 'Retried a feature',
  'parked.replay': 'Sent a parked message again',
  'parked.drop': 'Dropped a parked message',
};

export const actionWords = (action: string): string => ACTIONS[action] ?? action;

/** Who did it; a key by its name where that is known. */
export function actorWords(actor: string, keyNames: ReadonlyMap<string, string>): string {
  if (actor === 'local') return 'Somebody on this machine';
  if (actor === 'configuration') return 'The configuration';
  const [kind = '', ...rest] = actor.split(':');
  const id = rest.join(':');
  if (kind === 'key') return `Key ${keyNames.get(id) ?? id.slice(0, 8)}`;
  if (kind === 'ops') return `${id}, at the server’s terminal`;
  return kind === 'jwt' ? id : actor;
}
