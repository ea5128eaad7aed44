/* Time left until something is due, by the server's clock: a number, a word, a shape. */
import { html } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { ms, span, stamp } from '../format.js';
import { t, word } from '../i18n.js';
import { shape } from './shape.js';

const SOON_MS = 30 * 60000;

/* "late", "soon", "passed" (a clock of the hub's own has run out), "left" or "none". */
function dueKind(row) {
	const at = ms(row.due_at);
	if (row.ended || at === null) return 'none';
	if (row.overdue) return 'late';
	const left = at - now();
	if (left < 0) return 'passed';
	return left < SOON_MS ? 'soon' : 'left';
}

const SHAPES = { late: ['triangle', 'bad'], soon: ['half', 'warn'], passed: ['dashes', 'quiet'], left: ['ring', 'quiet'] };

/* "20 min left"; nothing when nothing is due. */
export function dueText(row) {
	const kind = dueKind(row);
	return kind === 'none' ? '' : t(`due_left.${kind}`, { span: span(ms(row.due_at) - now()) });
}

export function dueCell(row) {
	const kind = dueKind(row);
	if (kind === 'none') return html`<span class="quiet">${t('none')}</span>`;
	const [name, tone] = SHAPES[kind];
	return html`<span class="due ${tone}" title=${`${word('due', row.due)} ${stamp(ms(row.due_at))}`}>
		${shape(name)}<span class="due-text"><b>${dueText(row)}</b><small>${word('due', row.due)}</small></span>
	</span>`;
}
