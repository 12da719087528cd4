import type { ReactElement } from 'react';
import { useState } from 'react';
import { Check, Copy } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Notice } from '../ui/notice.js';
import styles from './settings.module.css';

interface SecretDialogProps {
  title: string;
  /** What it is called: `API key`. */
  name: string;
  secret: string;
  /** What to do with it. */
  hint: string;
  onClose: () => void;
}

/**
 * Shows a secret, this once. Whoever closes it without having copied it is asked once more, as it can't be had again; the
 * button that says so closes at once.
 */
export function SecretDialog({ title, name, secret, hint, onClose }: SecretDialogProps): ReactElement {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const [isWarned, setIsWarned] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(secret).then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  const leave = () => (copied === 'yes' || isWarned ? onClose() : setIsWarned(true));
  return (
    <Dialog title={title} onClose={leave}>
      <Notice tone="warn">This is shown once. Copy it now and keep it safe: nobody can show it to you again.</Notice>
      <Field label={name} hint={hint}>
        <textarea
          className={styles.secret}
          rows={2}
          readOnly
          value={secret}
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
      <p role="status" className={styles.soft}>
        {copied === 'yes' && 'Copied.'}
        {copied === 'failed' && 'The browser did not allow copying. Select the text and copy it yourself.'}
        {copied === 'no' && isWarned && 'You have not copied it yet. Close again if you are sure.'}
      </p>
      <DialogActions>
        <Button look={copied === 'yes' ? 'plain' : 'primary'} onClick={copy}>
          {copied === 'yes' ? <Check /> : <Copy />} Copy
        </Button>
        <Button look={copied === 'yes' ? 'primary' : 'plain'} onClick={onClose}>
          I have kept it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
