import type { Finding } from '../finding.js';
import { withoutCode } from '../lines.js';

/** What stands for a text that was to come, each with how it is told. */
const PLACEHOLDERS: readonly RegExp[] = [
  // As a word of its own "todo" belongs to many products; as a mark it stands in capitals before a colon or alone.
  /(?<![\p{L}\p{N}-])(?:TODO|FIXME)(?![\p{L}\p{N}-])(?:\s*(?:[:(\])|.;,—–]|\**:)|\s*$)/mu,
  /(?<![\p{L}\p{N}-])TB[ADC](?![\p{L}\p{N}-])/u,
  /(?:^|[(|[:]|[-*+]\s)[ \t]*\**(?:to be (?:determined|defined|decided|confirmed|added|completed|announced|written)|coming soon|wird (?:noch )?(?:ergänzt|definiert)|noch (?:offen|zu definieren)|à (?:définir|compléter|déterminer)|por (?:definir|determinar)|da definire|a definir)\**\s*(?=[)|\].]|$)/imu,
  /\blorem ipsum\b|\bdolor sit amet\b/i,
  /\[\s*(?:insert|your|add|enter|fill|placeholder|describe|specify|replace|name|company|product|project|date|number|amount|link|url|e-?mail|todo|tbd|tba|tbc|xx+|n\/a|einfügen|hier|insérer|à compléter|nom|votre|insertar|inserire|inserir|su|tu|wstaw|invoegen)(?:\s[^\]\n]{0,80}|[_\s-]?(?:name|here|date|hier|ici|aquí|einfügen|eintragen)|)\s*\](?!\()/iu,
  /\{\{[^{}\n]{1,60}\}\}|\{%[^{}\n]{1,60}%\}|\$\{[^{}\n]{1,60}\}/u,
  /<\s*(?:insert|your|placeholder|name|company|product|project|date|number|amount|todo|tbd|einfügen|nom|nombre)(?:[\s_-][^<>\n]{0,60})?\s*>/iu,
  /(?<![\p{L}\p{N}])[XYN]{1,4}(?:[.,][XYN]{1,2})?\s?%/u,
  /(?<![\p{L}\p{N}])(?:[$€£]\s?[XY]{1,4}(?![\p{L}\p{N}])|X{2,4}\s(?:days?|weeks?|months?|hours?|minutes?|seconds?|users?|ms|Tage|Wochen|jours|días)(?!\p{L}))/u,
  /(?<![\p{L}\p{N}])X{3,}(?![\p{L}\p{N}])/u,
  /_{5,}/,
  /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\.{3}|…)[ \t]*$/mu,
  /\|\s*(?:\.{3}|…|\?{2,})\s*(?=\|)/u,
];

/**
 * Text that stands for a text. What the author's own material says is no placeholder: a product about templates speaks of
 * `{{name}}`. Neither is code.
 */
export function placeholders(text: string, material: string): Finding[] {
  const plain = withoutCode(text);
  const found = PLACEHOLDERS.flatMap((pattern): Finding[] => {
    for (const match of plain.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
      const said = match[0].trim();
      if (said === '' || material.includes(said)) continue;
      const what = said.replace(/^[(|:\-*+\s]+(?=\S{3})/, '');
      const message = `A placeholder was left in the text ("${(what || said).slice(0, 60)}")`;
      return [{ rule: 'placeholder', severity: 'error', message, at: match.index }];
    }
    return [];
  });
  return found.slice(0, 1);
}
