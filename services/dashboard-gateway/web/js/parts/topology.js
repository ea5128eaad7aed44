/* Who refers to whom, as a picture: boxes are organisations, lines are open referrals, the wider the more. What the picture
 * says the table beside it says in words. */
import { html, nothing, svg } from '../../vendor/lit-html/lit-html.js';
import { count } from '../format.js';
import { t } from '../i18n.js';
import { orgFullName, orgName, orgShortName } from '../names.js';
import { NOBODY, PRIMARY } from './topology_layout.js';
import { shape, shapeAt } from './shape.js';

function nodeName(node, wall) {
	if (node.id === NOBODY) return t('topology.nobody');
	if (node.rest) return t('topology.rest', { n: node.rest });
	return wall ? orgShortName(node.id) : orgName(node.id);
}

/* A box is so wide that about this many em fit beside the number. */
function fit(name, em) {
	let width = 0;
	for (let i = 0; i < name.length; i++) {
		width += name.charCodeAt(i) > 0x2e7f ? 1 : 0.53;
		if (width > em) return `${name.slice(0, i - 1)}…`;
	}
	return name;
}

function drawNode(node, look) {
	const total = node.column === PRIMARY ? node.out : node.in;
	const lead = node.org?.lead_of?.length > 0;
	const pad = look.font * 0.55;
	const room = (node.width - 2 * pad - String(count(total)).length * look.font * 0.6 - look.font * 0.5) / look.font;
	const name = nodeName(node, look.wall);
	const quiet = total ? '' : 'idle';
	const kind = node.id === NOBODY ? 'nobody' : lead ? 'lead' : '';
	const full = node.org ? orgFullName(node.id) : name;
	return svg`<g class="node ${kind} ${quiet} ${look.chosen === node.id ? 'chosen' : ''}" @click=${() => look.choose(node.id)}>
		<title>${t(node.column === PRIMARY ? 'topology.sends' : 'topology.gets', { name: full, n: count(total) })}</title>
		<rect x=${node.x} y=${node.y} width=${node.width} height=${node.height} rx="6"/>
		<text x=${node.x + pad} y=${node.y + node.height / 2} dominant-baseline="central">${fit(name, room)}</text>
		<text class="total" x=${node.x + node.width - pad} y=${node.y + node.height / 2} text-anchor="end" dominant-baseline="central">${count(total)}</text>
	</g>`;
}

function edgeTitle(edge, wall) {
	const parts = [t('topology.edge', { from: nodeName(edge.a, wall), to: nodeName(edge.b, wall), n: count(edge.count) })];
	if (edge.overdue) parts.push(t('topology.overdue', { n: count(edge.overdue) }));
	if (edge.green) parts.push(t('topology.green', { n: count(edge.green) }));
	return parts.join(t('list_comma'));
}

function drawEdge(edge, look) {
	const tone = edge.overdue ? 'overdue' : edge.green ? 'green' : '';
	const off = look.chosen && look.chosen !== edge.from && look.chosen !== edge.to && look.chosen !== edge.key ? 'off' : '';
	return svg`<g class="edge ${tone} ${edge.back ? 'back' : ''} ${edge.to === NOBODY ? 'nobody' : ''} ${off}" @click=${() => look.choose(edge.key)}>
		<title>${edgeTitle(edge, look.wall)}</title>
		<path class="hit" d=${edge.path} stroke-width=${edge.width + 10}/>
		<path d=${edge.path} stroke-width=${edge.width * look.stroke}/>
	</g>`;
}

/* Marks lie above all lines. */
function drawMarks(edge, look) {
	const size = look.mark;
	return svg`${edge.overdue ? shapeAt('triangle', edge.overdueAt.x, edge.overdueAt.y, size, 'bad') : nothing}${
		edge.green ? shapeAt('diamond', edge.greenAt.x, edge.greenAt.y, size, 'green') : nothing
	}`;
}

/* picture: of layout(). look: {font, stroke, wall, width, chosen, choose(key)}. */
export function topology(picture, look) {
	const titles = [t('topology.primary'), t('topology.county'), t('topology.beyond')];
	const label = t('topology.label', { nodes: picture.nodes.length, flows: picture.edges.length });
	const { width } = look;
	return html`
		<div class="topology-heads" aria-hidden="true">${titles.map((title) => html`<span>${title}</span>`)}</div>
		<svg class="topology" role="img" aria-label=${label} viewBox="-2 0 ${width + 4} ${picture.height}" font-size=${look.font}>
			<g class="edges">${picture.edges.map((edge) => drawEdge(edge, look))}</g>
			<g class="nodes">${picture.nodes.map((node) => drawNode(node, look))}</g>
			<g class="marks">${picture.edges.map((edge) => drawMarks(edge, look))}</g>
		</svg>`;
}

export const topologyLegend = () => html`
	<ul class="legend">
		<li><svg class="sample" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path d="M0 5H28" stroke-width="5"/></svg>${t('topology.legend.flow')}</li>
		<li><svg class="sample back" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path d="M0 5H28" stroke-width="3"/></svg>${t('topology.legend.back')}</li>
		<li>${shape('triangle', 'bad')}${t('topology.legend.overdue')}</li>
		<li>${shape('diamond', 'green')}${t('topology.legend.green')}</li>
	</ul>`;

