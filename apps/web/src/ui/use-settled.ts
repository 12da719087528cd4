import { useEffect, useState } from 'react';

/** The value once it has not changed for a while, compared by what it says; the first one at once. */
export function useSettled<Value>(value: Value, waitMs: number): Value {
  const [settled, setSettled] = useState(value);
  const said = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(said) as Value), waitMs);
    return () => clearTimeout(timer);
  }, [said, waitMs]);
  return settled;
}
