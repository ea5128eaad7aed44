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

export function dueCell(row) {
	const kind = dueKind(row);
	if (kind === 'none') return html`<span class="quiet">${t('none')}</span>`;
	const at = ms(row.due_at);
	const [name, tone] = SHAPES[kind];
	const text = t(`due_left.${kind}`, { span: span(at - now()) });
	return html`<span class="due ${tone}" title=${`${word('due', row.due)} ${stamp(at)}`}>
		${shape(name)}<span class="due-text"><b>${text}</b><small>${word('due', row.due)}</small></span>
	</span>`;
}
