import type { ReactElement } from 'react';
import { useId } from 'react';
import { useClient } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Field } from '../ui/field.js';
import styles from './project.module.css';

/** What people call the providers. */
const NAMES: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  compatible: 'OpenAI-compatible server',
  offline: 'Offline writer (placeholder text)',
};

interface Writer {
  /** Empty: as usual. */
  provider: string;
  model: string;
}

interface WriterFieldsProps {
  value: Writer;
  onChange: (writer: Writer) => void;
  /** What is written with where nothing is chosen, such as `As usual`. */
  usual: string;
  errors?: { provider?: string | null; model?: string | null };
}

/** Chooses who writes: a provider, and a model of it. */
export function WriterFields({ value, onChange, usual, errors }: WriterFieldsProps): ReactElement {
  const list = useId();
  const { provider, model } = value;
  const client = useClient();
  const { data: offered = [] } = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => (await client.models.list({ signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isOffered = offered.some((one) => one.provider === provider);
  const standard = offered.find((one) => one.provider === provider)?.default_model ?? null;
  const models = useUsedModels(provider, standard);
  return (
    <div className={styles.writer}>
      <Field label="Provider" error={errors?.provider ?? null}>
        <select value={provider} onChange={(event) => onChange({ provider: event.target.value, model: '' })}>
          <option value="">{usual}</option>
          {offered.map((one) => (
            <option key={one.provider} value={one.provider}>
              {NAMES[one.provider] ?? one.provider}
            </option>
          ))}
          {provider !== '' && !isOffered && <option value={provider}>{NAMES[provider] ?? provider}</option>}
        </select>
      </Field>
      <Field label="Model" error={errors?.model ?? null}>
        <input
          value={model}
          onChange={(event) => onChange({ provider, model: event.target.value })}
          list={list}
          maxLength={120}
          placeholder={standard ?? (provider === '' ? usual : 'Name of the model')}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <datalist id={list}>
        {models.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}

/** Models of a provider that were used lately, with the usual one. */
function useUsedModels(provider: string, standard: string | null): string[] {
  const client = useClient();
  const usage = useQuery({
    queryKey: ['usage', 'models'],
    queryFn: ({ signal }) => client.usage.get({}, { signal }),
    staleTime: 300_000,
  });
  const used = (usage.data?.by_model ?? []).filter((one) => provider === '' || one.provider === provider);
  return [...new Set([...(standard === null ? [] : [standard]), ...used.map(({ model }) => model)])];
}
