import type { Config, WindowLike } from 'dompurify';
import createDOMPurify from 'dompurify';

const TAGS = [
  ...['p', 'br', 'hr', 'blockquote', 'pre', 'code', 'kbd', 'strong', 'b', 'em', 'i', 'del', 's', 'sub', 'sup'],
  ...['ul', 'ol', 'li', 'h4', 'h5', 'h6', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
];
/** What stands inside these is no text for readers. */
const WITHOUT_CONTENT = [
  ...['script', 'style', 'template', 'noscript', 'iframe', 'object', 'embed', 'svg', 'math', 'audio', 'video'],
  ...['head', 'title', 'textarea', 'select', 'noembed', 'noframes', 'xmp', 'plaintext', 'canvas'],
];
const CONFIG = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
  // What is no address is not held against the form of addresses.
  ADD_URI_SAFE_ATTR: ['class', 'start', 'align'],
  FORBID_CONTENTS: WITHOUT_CONTENT,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
} satisfies Config;

/** HTML that is safe to draw. Where the browser knows `TrustedHTML` it is one, which only passes for a string. */
export type SafeHtml = string;

/**
 * Makes HTML of a model's text safe to draw: text, lists, tables and links, nothing else. It runs no script, asks no other
 * host for anything, has no style and no form, and a link shows where it leads.
 */
export function createSanitiser(window: WindowLike): (html: string) => SafeHtml {
  const purify = createDOMPurify(window);
  purify.addHook('beforeSanitizeElements', (node) => {
    if (node.nodeName !== 'IMG' && node.nodeName !== 'IMAGE') return;
    const alt = (node as Element).getAttribute('alt');
    // Images would tell their host who reads what; what they show is said instead.
    if (alt) node.parentNode?.insertBefore((node as Element).ownerDocument.createTextNode(alt), node);
  });
  purify.addHook('afterSanitizeAttributes', (element) => {
    if (element.nodeName === 'A') tameLink(element);
    const language = element.nodeName === 'CODE' && /^language-[\w+#.-]{1,30}$/.test(element.className);
    if (!language) element.removeAttribute('class');
  });
  return (html) => purify.sanitize(html, { ...CONFIG, RETURN_TRUSTED_TYPE: true }) as unknown as SafeHtml;
}

/** A link opens beside the page, tells nothing of it, and says its host on hover. */
function tameLink(link: Element): void {
  const host = hostOf(link.getAttribute('href') ?? '');
  if (host === null) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('title', host);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer nofollow');
}

/** Where a link leads: a host, or the address of a mail. Null for anything else. */
function hostOf(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  if (url.protocol === 'mailto:') return url.pathname;
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' ? url.host : null;
}
