/* Where organisations and flows lie in the picture: primary care on the left, the county's hospitals in the middle, the city
 * and beyond on the right. Village clinics stand with the health centre they belong to. Pure.
 *
 * Flows are between what is drawn; each keeps the pairs of organisations that it sums up. */
export const PRIMARY = 0;
const COUNTY = 1;
const BEYOND = 2;
const REST = 'rest'; /* primary organisations that have no room of their own */
export const NOBODY = 'nobody'; /* open referrals that have no receiver yet */

const NOT_DRAWN = new Set(['AUTHORITY', 'EXTERNAL', 'PUBLIC_HEALTH']);

function columnOf(org, countyId) {
	if (!org || (countyId && org.county_id !== countyId)) return BEYOND;
	if (org.level === 'VILLAGE' || org.level === 'TOWNSHIP') return PRIMARY;
	return org.level === 'COUNTY' ? COUNTY : BEYOND;
}

/* Which node an organisation belongs to. */
function nodeIdOf(orgId, byId) {
	const org = byId.get(orgId);
	return org?.level === 'VILLAGE' && org.parent_org_id && byId.has(org.parent_org_id) ? org.parent_org_id : orgId;
}

function addFlow(flows, from, to, flow) {
	const key = `${from} ${to}`;
	if (!flows.has(key)) flows.set(key, { key, from, to, count: 0, urgent: 0, green: 0, overdue: 0, pairs: [] });
	const sum = flows.get(key);
	for (const member of ['count', 'urgent', 'green', 'overdue']) sum[member] += flow[member] || 0;
	sum.pairs.push(flow);
}

function sumFlows(overview, idOf) {
	const flows = new Map();
	for (const flow of overview.flows || []) addFlow(flows, idOf(flow.from_org_id), idOf(flow.to_org_id), flow);
	for (const flow of overview.unplaced_from || []) addFlow(flows, idOf(flow.from_org_id), NOBODY, flow);
	return [...flows.values()].filter((flow) => flow.from !== flow.to && flow.count > 0);
}

function drawnOrganisations(organisations, flows, countyId) {
	const nodes = new Map();
	const put = (id, org) => nodes.set(id, { id, org, column: columnOf(org, countyId), out: 0, in: 0 });
	for (const org of organisations) if (!NOT_DRAWN.has(org.kind) && org.level !== 'VILLAGE') put(org.org_id, org);
	for (const flow of flows) {
		for (const id of [flow.from, flow.to]) if (id !== NOBODY && !nodes.has(id)) put(id, null);
		nodes.get(flow.from).out += flow.count;
		if (flow.to !== NOBODY) nodes.get(flow.to).in += flow.count;
	}
	return nodes;
}

/* Of a column with more than `most`, those with the least flow go into one node. */
function gather(nodes, flows, column, most) {
	const all = [...nodes.values()].filter((node) => node.column === column);
	if (all.length <= most) return flows;
	const weight = (node) => node.in + node.out;
	const small = new Set(all.sort((a, b) => weight(b) - weight(a)).slice(most - 1).map((node) => node.id));
	const id = `${REST}${column}`;
	const rest = { id, org: null, column, out: 0, in: 0, rest: small.size };
	for (const gone of small) {
		rest.out += nodes.get(gone).out;
		rest.in += nodes.get(gone).in;
		nodes.delete(gone);
	}
	nodes.set(id, rest);
	const summed = new Map();
	const to = (node) => (small.has(node) ? id : node);
	for (const flow of flows) for (const pair of flow.pairs) addFlow(summed, to(flow.from), to(flow.to), pair);
	return [...summed.values()].filter((flow) => flow.from !== flow.to);
}

/* Leads first, each followed by the members of its consortium; then by id. */
function sortKey(node, consortia) {
	if (node.rest) return '~';
	const home = node.org?.memberships?.[0] ?? '~';
	const rank = consortia.indexOf(home);
	const lead = node.org?.lead_of?.length ? 0 : 1;
	return `${rank < 0 ? 'z' : String.fromCharCode(97 + rank)}${node.column === COUNTY ? lead : ''}${node.id}`;
}

/* Between two columns. */
const gapOf = (size) => (size.width - size.widths.reduce((sum, one) => sum + one)) / 2;

function place(nodes, size) {
	const columns = [PRIMARY, COUNTY, BEYOND].map((column) => nodes.filter((node) => node.column === column));
	const rows = Math.max(...columns.map((column) => column.length), 1);
	const height = Math.max(size.height, rows * (size.box + size.gap));
	columns.forEach((column, at) => {
		const step = height / Math.max(column.length, 1);
		column.forEach((node, index) => {
			node.width = size.widths[at];
			node.height = size.box;
			node.x = [0, size.widths[0] + gapOf(size), size.width - size.widths[2]][at];
			node.y = step * (index + 0.5) - size.box / 2;
		});
	});
	return height;
}

/* Ends of edges share a box's side, in the order of where they come from. */
function ends(edges, node, side) {
	const here = edges.flatMap((edge) => [
		...(edge.a === node && edge.sideA === side ? [{ edge, end: 'start', other: edge.b }] : []),
		...(edge.b === node && edge.sideB === side ? [{ edge, end: 'stop', other: edge.a }] : []),
	]);
	here.sort((a, b) => a.other.y - b.other.y || a.other.x - b.other.x);
	here.forEach(({ edge, end }, index) => {
		const y = node.y + (node.height * (index + 1)) / (here.length + 1);
		edge[end] = { x: Math.round(side === 'left' ? node.x : node.x + node.width), y: Math.round(y) };
	});
}

/* A line's marks lie in the first gap that it crosses, never on a box; each line has them at a place of its own. */
function markAt(edge, at, share) {
	if (edge.a.column === edge.b.column) return at(share);
	const gap = edge.back ? -edge.gap : edge.gap;
	const x = edge.start.x + gap * share;
	let low = 0;
	let high = 1;
	for (let i = 0; i < 12; i++) {
		const mid = (low + high) / 2;
		if ((at(mid).x < x) === gap > 0) low = mid;
		else high = mid;
	}
	return at(low);
}

function route(edge, index) {
	const { start, stop } = edge;
	const same = edge.a.column === edge.b.column;
	const pull = same ? edge.gap * 0.55 : (stop.x - start.x) / 2;
	const c1 = { x: start.x + pull, y: start.y };
	const c2 = { x: stop.x + (same ? pull : -pull), y: stop.y };
	edge.path = `M${start.x} ${start.y}C${c1.x} ${c1.y} ${c2.x} ${c2.y} ${stop.x} ${stop.y}`;
	const at = (u) => ({
		x: (1 - u) ** 3 * start.x + 3 * (1 - u) ** 2 * u * c1.x + 3 * (1 - u) * u ** 2 * c2.x + u ** 3 * stop.x,
		y: (1 - u) ** 3 * start.y + 3 * (1 - u) ** 2 * u * c1.y + 3 * (1 - u) * u ** 2 * c2.y + u ** 3 * stop.y,
	});
	const stagger = (index % 5) * 0.1;
	edge.overdueAt = markAt(edge, at, 0.42 + stagger);
	edge.greenAt = markAt(edge, at, 0.2 + stagger);
}

/* size: {width, height (at least), box, gap, widths: of the three columns, most: of a column}.
 * -> {nodes, edges, height, flows: all pairs as told} */
export function layout(organisations, overview, countyId, size) {
	const byId = new Map(organisations.map((org) => [org.org_id, org]));
	let flows = sumFlows(overview, (id) => nodeIdOf(id, byId));
	const map = drawnOrganisations(organisations, flows, countyId);
	for (const column of [PRIMARY, COUNTY, BEYOND]) flows = gather(map, flows, column, size.most);
	if (flows.some((flow) => flow.to === NOBODY)) {
		const waiting = flows.filter((flow) => flow.to === NOBODY).reduce((sum, flow) => sum + flow.count, 0);
		map.set(NOBODY, { id: NOBODY, org: null, column: COUNTY, out: 0, in: waiting });
	}
	const consortia = [...new Set(organisations.flatMap((org) => org.lead_of || []))].sort();
	const order = (node) => (node.id === NOBODY ? '~~' : sortKey(node, consortia));
	const nodes = [...map.values()].sort((a, b) => a.column - b.column || (order(a) < order(b) ? -1 : 1));
	const height = place(nodes, size);
	const most = Math.max(1, ...flows.map((flow) => flow.count));
	const edges = flows.map((flow) => {
		const a = map.get(flow.from);
		const b = map.get(flow.to);
		const back = a.column > b.column;
		const same = a.column === b.column;
		return { ...flow, a, b, back, gap: gapOf(size), sideA: back ? 'left' : 'right', sideB: back || same ? 'right' : 'left', width: 1 + 8 * Math.sqrt(flow.count / most) };
	});
	for (const node of nodes) for (const side of ['left', 'right']) ends(edges, node, side);
	edges.forEach(route);
	edges.sort((a, b) => a.overdue - b.overdue || a.count - b.count);
	return { nodes, edges, height };
}
