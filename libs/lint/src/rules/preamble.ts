import { plainTitle } from '../lines.js';
import { AGREEING, ANNOUNCED, PRESENTING } from './chat-phrases.js';

/** Longest line that is taken for a preamble, in UTF-16 units. */
export const MAX_PREAMBLE = 240;

const OPENERS = [...AGREEING, ...PRESENTING];
const isLetter = (character: string | undefined) => character !== undefined && /\p{L}/u.test(character);
const isCjk = (text: string) => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}]/u.test(text.slice(-1));
const begins = (line: string, opener: string) =>
  line.startsWith(opener) && (isCjk(opener) || !isLetter(line[opener.length]));

/** Whether a text that begins like this may turn out to begin with a preamble. */
export function mayBePreamble(beginning: string): boolean {
  const line = beginning.toLowerCase();
  return OPENERS.some((opener) => begins(line, opener) || opener.startsWith(line));
}

/**
 * Whether a whole first line only tells that a text comes: "Sure! Here is the section:". One that says anything of the
 * matter is none, however friendly: what is taken away must never be missed.
 */
export function isPreamble(line: string, sectionTitle: string): boolean {
  const said = line.trim().toLowerCase();
  if (said.length > MAX_PREAMBLE) return false;
  const names = ANNOUNCED.test(said) || ` ${plainTitle(said)} `.includes(` ${plainTitle(sectionTitle)} `);
  const announces = /[:：]\**$/.test(said);
  const agreed = AGREEING.find((opener) => begins(said, opener));
  if (agreed !== undefined) {
    const rest = said.slice(agreed.length).replace(/^[\s!,.:;—–\-！，。：、]+/u, '');
    if (rest === '') return true;
    // "Great Lakes ferries sail all year." agrees with nobody.
    const isAside = /^\s*[!,.:—–！，。：]/u.test(said.slice(agreed.length));
    const presents =
      PRESENTING.some((opener) => begins(rest, opener)) || /\bi(?:['’]ll|['’]ve| will| have)\b/.test(rest);
    return (isAside || presents) && names && (announces || presents);
  }
  return announces && names && PRESENTING.some((opener) => begins(said, opener));
}
