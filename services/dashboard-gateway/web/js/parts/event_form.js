/* The form of an event, made of the fields that allowed-events names. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { t, word } from '../i18n.js';

const TEXT_MAX = 4000;

const label = (field, id) => html`<label for=${id}>${word('field', field.name)}${field.required ? html`<span class="quiet"> ${t('required')}</span>` : nothing}</label>`;

function choice(field, id, draft) {
	return html`${label(field, id)}
		<select id=${id} ?required=${field.required} @change=${(event) => (draft[field.name] = event.target.value)}>
			<option value="" ?selected=${!draft[field.name]}>${t('choose')}</option>
			${(field.choices || []).map((value) => html`<option value=${value} ?selected=${draft[field.name] === value}>${word('choice', value)}</option>`)}
		</select>`;
}

function text(field, id, draft) {
	return html`${label(field, id)}
		<textarea id=${id} rows="3" maxlength=${TEXT_MAX} ?required=${field.required} aria-describedby=${field.personal ? `${id}-hint` : nothing}
			.value=${draft[field.name] || ''} @input=${(event) => (draft[field.name] = event.target.value)}></textarea>
		${field.personal ? html`<p class="hint" id="${id}-hint">${t('hint.personal')}</p>` : nothing}`;
}

const yesNo = (field, id, draft) => html`<label class="check"><input id=${id} type="checkbox" ?checked=${draft[field.name] === true}
	@change=${(event) => (draft[field.name] = event.target.checked)}> ${word('field', field.name)}</label>`;

const KINDS = { text, choice, boolean: yesNo };

export const fieldInputs = (fields, draft) =>
	fields.map((field) => html`<div class="field">${(KINDS[field.type] || text)(field, `field-${field.name}`, draft)}</div>`);

/* What of the draft is sent: what is empty is left out. */
export function fieldsOf(fields, draft) {
	const values = fields.map(({ name, type }) => [name, type === 'boolean' ? draft[name] === true : (draft[name] || '').trim()]);
	return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
