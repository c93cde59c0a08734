import type { ComponentChildren } from 'preact';
import { Notice } from './Notice';
import { Said } from './Said';
import { toldOf, wordsOf } from './told';
import type { Action } from './useAction';

interface ActionFormProps {
  action: Action<[], unknown>;
  /** The fields that show what is wrong with them. */
  fields: string[];
  buttons: ComponentChildren;
  children: ComponentChildren;
}

/** A form that sets one thing off. What no field shows of its failure stands before the buttons. */
export function ActionForm({ action, fields, buttons, children }: ActionFormProps) {
  const elsewhere = action.error != null && fields.every(field => toldOf(action.error, field) === null);
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault();
        void action.run();
      }}
    >
      {children}
      {elsewhere && (
        <Notice tone="vermilion">
          <Said text={wordsOf(action.error)} />
        </Notice>
      )}
      <div class="row">{buttons}</div>
    </form>
  );
}
