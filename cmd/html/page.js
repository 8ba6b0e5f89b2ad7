/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of avow maps --html. What comes from processes is in the data, and reaches the
 * document as text alone: textContent, or drawn on a canvas.
 *
 * Pages are counted from the enclave's base. A run is an entry of three arrays: its first
 * page, how many, and its kind, an index into what is the same of many runs.
 */
"use strict";
(() => {
const PAGE = 4096, ROWS = 200;
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const RIGHTS = { "---": "#8b949e", "R--": "#4c8dff", "RW-": "#2da44e", "R-X": "#d4a017", "RWX": "#e5484d",
	"--X": "#b5651d", "-W-": "#12a594", "-WX": "#c2185b" };
const HISTORY = { "-": "#8b949e", "W": "#2da44e", "X": "#d4a017", "WX": "#e5484d" };
/* Of several runs in one dot the most remarkable is drawn: a page that is RWX is seen among a million. */
const RANK = { "---": 1, "R--": 2, "RW-": 3, "-W-": 4, "--X": 5, "R-X": 6, "-WX": 7, "RWX": 8, "-": 1, "W": 3, "X": 6, "WX": 8 };
const LANES = [["intent", "intent"], ["epcm", "EPCM"], ["mapping", "mapping"], ["history", "history"], ["source", "source"]];
const COLUMNS = ["offset", "length", "intent", "EPCM", "mapping", "type", "history", "state", "source"];
const hex = (n) => "0x" + n.toString(16);

function decode(raw) {
	const n = raw.runs.length / 3;
	const e = Object.assign({}, raw, { n, start: new Float64Array(n), length: new Float64Array(n), kind: new Uint32Array(n),
		total: Math.max(1, raw.size / PAGE), at: BigInt(raw.base) });
	for (let i = 0, at = 0; i < n; i++) {
		at += raw.runs[3 * i];
		e.start[i] = at;
		at += e.length[i] = raw.runs[3 * i + 1];
		e.kind[i] = raw.runs[3 * i + 2];
	}
	delete e.runs;
	for (const k of e.kinds) {
		k.origin = k.source === null ? k.class : k.class + " " + k.source;
		k.text = [k.intent, k.epcm, k.mapping, k.type, k.history, k.state.join(" "), k.origin].join(" ").toLowerCase();
	}
	paint(e);
	return e;
}

/* Colour and rank of each kind in each lane; null: nothing is there. */
function paint(e) {
	const origins = [...new Set(e.kinds.map((k) => k.origin))];
	for (const k of e.kinds) {
		const rights = (r) => r === null ? null : { color: RIGHTS[r], rank: RANK[r] };
		const hue = Math.round(origins.indexOf(k.origin) * 137.5) % 360;
		k.lanes = [rights(k.intent), rights(k.epcm), rights(k.mapping), { color: HISTORY[k.history], rank: RANK[k.history] },
			{ color: k.class === "none" ? "#8b949e" : "hsl(" + hue + " 62% 52%)", rank: k.class === "none" ? 0 : 1 }];
	}
}

const enclaves = data.enclaves.map(decode);
let e = null, from = 0, to = 1, found = null, hit = -1;

/* The first run that ends behind a page. */
function runAfter(page) {
	let low = 0, high = e.n;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (e.start[middle] + e.length[middle] <= page)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

function runAt(page) {
	const i = runAfter(page);
	return i < e.n && e.start[i] <= page ? i : -1;
}

/* ---- drawing ---- */

function surface(canvas, height) {
	const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	canvas.style.height = height + "px";
	const g = canvas.getContext("2d");
	g.scale(ratio, ratio);
	return [g, width];
}

/* For each dot of a line the run to be drawn in each of these lanes, or -1; one pass over the runs. */
function dots(a, b, width, lanes) {
	const best = lanes.map(() => new Int32Array(width).fill(-1));
	const scale = width / (b - a);
	for (let i = runAfter(Math.floor(a)); i < e.n && e.start[i] < b; i++) {
		const x0 = Math.max(0, Math.floor((e.start[i] - a) * scale));
		const x1 = Math.min(width, Math.max(x0 + 1, Math.round((e.start[i] + e.length[i] - a) * scale)));
		const kind = e.kinds[e.kind[i]], dim = found && !found.kinds[e.kind[i]] ? 0 : 100;
		for (let l = 0; l < lanes.length; l++) {
			const now = kind.lanes[lanes[l]];
			if (!now)
				continue;
			for (let x = x0; x < x1; x++) {
				const j = best[l][x];
				if (j < 0 || now.rank + dim > rankOf(j, lanes[l]))
					best[l][x] = i;
			}
		}
	}
	return best;
}

function rankOf(i, lane) {
	const kind = e.kind[i];
	return e.kinds[kind].lanes[lane].rank + (found && !found.kinds[kind] ? 0 : 100);
}

function drawLane(g, line, lane, y, height) {
	for (let x = 0; x < line.length;) {
		const i = line[x];
		let stop = x + 1;
		while (stop < line.length && line[stop] === i)
			stop++;
		if (i >= 0) {
			g.globalAlpha = found && !found.kinds[e.kind[i]] ? 0.15 : 1;
			g.fillStyle = e.kinds[e.kind[i]].lanes[lane].color;
			g.fillRect(x, y, stop - x, height);
		}
		x = stop;
	}
	g.globalAlpha = 1;
}

/* Where refusals are; they count from the enclave's base, too, and may be outside of it. */
function drawRefusals(g, width, y, height, a, b) {
	const scale = width / (b - a);
	g.fillStyle = "#e5484d";
	for (const r of e.refusals) {
		if (r.page === null || r.page + r.pages <= a || r.page >= b)
			continue;
		const x = Math.max(0, (r.page - a) * scale);
		g.fillRect(x, y, Math.max(3, Math.min(width, (r.page + r.pages - a) * scale) - x), height);
	}
}

const LANE = 36, TOP = 22, LABEL = 78;

function labelled(width) {
	return width > 500 ? LABEL : 0;
}

function draw() {
	const style = getComputedStyle(document.body);
	const [g, width] = surface($("map"), TOP + (LANES.length + 1) * LANE + 6);
	const label = labelled(width), inner = Math.max(1, Math.floor(width - label));
	g.fillStyle = style.color;
	g.font = "12px system-ui, sans-serif";
	g.fillText(hex(e.at + BigInt(Math.floor(from)) * 4096n), label + 4, 15);
	const end = hex(e.at + BigInt(Math.ceil(to)) * 4096n);
	g.fillText(end, width - g.measureText(end).width - 4, 15);
	LANES.concat([["refusals", "refusals"]]).forEach(([, name], l) => {
		if (label)
			g.fillText(name, 8, TOP + l * LANE + 21);
	});
	g.save();
	g.translate(label, 0);
	const lines = dots(from, to, inner, LANES.map((_, l) => l));
	lines.forEach((line, l) => drawLane(g, line, l, TOP + l * LANE + 4, LANE - 8));
	drawGrid(g, inner, style.color);
	drawRefusals(g, inner, TOP + LANES.length * LANE + 4, LANE - 8, from, to);
	g.restore();
	drawOverview(style.color);
	tell();
}

/* Each page is told from the next where there is room. */
function drawGrid(g, width, color) {
	const scale = width / (to - from);
	if (scale < 6)
		return;
	g.globalAlpha = 0.25;
	g.fillStyle = color;
	for (let page = Math.ceil(from); page < to; page++)
		g.fillRect(Math.round((page - from) * scale), TOP, 1, LANES.length * LANE);
	g.globalAlpha = 1;
}

function drawOverview(color) {
	const [g, width] = surface($("overview"), 30);
	drawLane(g, dots(0, e.total, Math.floor(width), [0])[0], 0, 4, 16);
	drawRefusals(g, width, 22, 5, 0, e.total);
	g.strokeStyle = color;
	g.lineWidth = 2;
	g.strokeRect(from / e.total * width, 1, Math.max(4, (to - from) / e.total * width), 28);
}

/* ---- words ---- */

function row(cells, act) {
	const tr = document.createElement("tr");
	for (const cell of cells) {
		const td = document.createElement("td");
		td.textContent = cell === null ? "-" : cell;
		if (cell === "RWX" || cell === "WX")
			td.className = "alarm";
		tr.append(td);
	}
	tr.tabIndex = 0;
	tr.addEventListener("click", act);
	tr.addEventListener("keydown", (event) => event.key === "Enter" && act());
	return tr;
}

function head(table, names) {
	const tr = document.createElement("tr");
	for (const name of names) {
		const th = document.createElement("th");
		th.textContent = name;
		tr.append(th);
	}
	table.tHead.replaceChildren(tr);
}

function size(pages) {
	let bytes = pages * PAGE, unit = 0;
	for (; bytes >= 1024 && unit < 4; unit++)
		bytes /= 1024;
	return (bytes % 1 ? bytes.toFixed(1) : bytes) + " " + ["bytes", "KiB", "MiB", "GiB", "TiB"][unit];
}

function runCells(i) {
	const k = e.kinds[e.kind[i]];
	return [hex(e.start[i] * PAGE), hex(e.length[i] * PAGE), k.intent, k.epcm, k.mapping, k.type, k.history, k.state.join(" "),
		k.origin];
}

function tell() {
	const rows = [];
	let nr = 0, pages = 0;
	for (let i = runAfter(Math.floor(from)); i < e.n && e.start[i] < to; i++) {
		if (found && !found.kinds[e.kind[i]])
			continue;
		nr++;
		pages += Math.min(to, e.start[i] + e.length[i]) - Math.max(from, e.start[i]);
		if (rows.length < ROWS)
			rows.push(row(runCells(i), () => show(i)));
	}
	$("runs").tBodies[0].replaceChildren(...rows);
	$("listed").textContent = nr > ROWS ? "The first " + ROWS + " of " + nr + "; zoom in, or search." : nr ? "" : "None.";
	$("status").textContent = "View " + hex(Math.floor(from) * PAGE) + "-" + hex(Math.ceil(to) * PAGE) + ", " + size(to - from) +
		": " + nr + " runs, " + Math.round(pages) + " pages" + (found ? " that match" : "");
	$("out").disabled = $("all").disabled = to - from >= e.total;
	$("in").disabled = to - from <= 4;
}

function tipText(page, dot) {
	const i = runAt(page), lines = ["offset " + hex(page * PAGE) + ", address " + hex(e.at + BigInt(page) * 4096n)];
	if (i < 0) {
		lines.push("hole: no page, no intent");
	} else {
		const cells = runCells(i);
		lines.push("run " + cells[0] + ", " + size(e.length[i]));
		COLUMNS.slice(2).forEach((name, c) => lines.push(name + ": " + (cells[c + 2] === null ? "-" : cells[c + 2])));
	}
	const more = runAfter(page + dot) - runAfter(page);
	if (dot > 1 && more > 0)
		lines.push("and " + more + " more runs in this dot; zoom in");
	for (const r of e.refusals)
		if (r.page !== null && page >= Math.floor(r.page) && page < r.page + r.pages)
			lines.push("refused: " + r.rule + " " + r.operation + " " + r.requested + " " + (r.errno || r.signal));
	return lines.join("\n");
}

function legend() {
	const parts = [];
	for (const [word, color] of Object.entries(RIGHTS)) {
		if (!e.kinds.some((k) => k.intent === word || k.epcm === word || k.mapping === word))
			continue;
		const span = document.createElement("span"), dot = document.createElement("i");
		dot.style.background = color;
		span.append(dot, word);
		parts.push(span);
	}
	$("legend").replaceChildren(...parts);
}

function refusals() {
	const table = $("refusals");
	head(table, ["#", "process", "rule", "operation", "address", "asked", "declared", "answer", "why, and what to do"]);
	table.tBodies[0].replaceChildren(...e.refusals.map((r) => row([String(r.seq), r.command + " [" + r.pid + "/" + r.thread + "]",
		r.rule, r.operation, r.page === null ? "-" : r.start + "-" + r.end, r.requested, r.declared, r.errno || r.signal || "audited",
		[r.says, r.policy, r.change, r.source].filter((t) => t !== null).join(" \u00b7 ")],
		() => r.page !== null && look(r.page, r.pages))));
	table.hidden = !e.refusals.length;
	$("refused").textContent = (e.refusals.length ? "" : "Nothing was refused.") +
		(e.lost ? " " + e.lost + " more came before and are no longer kept." : "");
}

/* ---- moving ---- */

function view(a, b) {
	const span = Math.min(e.total, Math.max(Math.min(4, e.total), b - a));
	from = Math.min(Math.max(0, a), e.total - span);
	to = from + span;
	$("tip").hidden = true;
	draw();
}

function zoom(factor, at) {
	view(at - (at - from) * factor, at + (to - at) * factor);
}

/* A stretch with something around it. */
function look(page, pages) {
	const around = Math.max(8, pages / 2);
	view(page - around, page + pages + around);
}

function show(i) {
	look(e.start[i], e.length[i]);
}

function pageUnder(event) {
	const box = $("map").getBoundingClientRect(), label = labelled(box.width);
	return from + (event.clientX - box.left - label) / (box.width - label) * (to - from);
}

function dotPages() {
	const width = $("map").clientWidth;
	return (to - from) / (width - labelled(width));
}

/* ---- search ---- */

function search(text) {
	const words = text.trim().toLowerCase().split(/\s+/).filter((w) => w);
	hit = -1;
	found = null;
	if (words.length === 1 && /^0x[0-9a-f]+$/.test(words[0])) {
		const page = pageOf(BigInt(words[0]));
		$("matches").textContent = page === null ? "not in this enclave" : "";
		if (page !== null)
			return look(page, 1);
	} else if (words.length) {
		found = { kinds: e.kinds.map((k) => words.every((w) => k.text.includes(w))), list: [] };
		for (let i = 0; i < e.n; i++)
			if (found.kinds[e.kind[i]])
				found.list.push(i);
		$("matches").textContent = found.list.length + " runs";
	} else {
		$("matches").textContent = "";
	}
	draw();
}

/* An address, or what is too small for one, an offset. */
function pageOf(number) {
	const offset = number >= e.at ? number - e.at : number;
	return offset < BigInt(e.total) * 4096n ? Number(offset / 4096n) : null;
}

function step(by) {
	if (!found || !found.list.length)
		return;
	hit = (hit + by + found.list.length) % found.list.length;
	if (hit < 0)
		hit = found.list.length - 1;
	show(found.list[hit]);
	$("matches").textContent = (hit + 1) + " of " + found.list.length + " runs";
}

/* ---- what happens ---- */

function choose(i) {
	e = enclaves[i];
	found = null;
	$("search").value = $("matches").textContent = "";
	$("about").textContent = (e.size ? hex(e.at) + "-" + hex(e.at + BigInt(e.size)) + ", " + size(e.total) : "not created yet") +
		", contract " + e.contract + (e.state.length ? ", " + e.state.join(" ") : "") + ", descriptors " + e.descriptors.join(", ") +
		". Seen " + data.date;
	legend();
	refusals();
	head($("runs"), COLUMNS);
	view(0, e.total);
}

function listen() {
	const map = $("map");
	$("in").onclick = () => zoom(0.5, (from + to) / 2);
	$("out").onclick = () => zoom(2, (from + to) / 2);
	$("all").onclick = () => view(0, e.total);
	const pan = (by) => view(from + (to - from) * by, to + (to - from) * by);
	$("left").onclick = () => pan(-0.25);
	$("right").onclick = () => pan(0.25);
	$("search").oninput = (event) => search(event.target.value);
	$("search").onkeydown = (event) => event.key === "Enter" && step(event.shiftKey ? -1 : 1);
	$("next").onclick = () => step(1);
	$("before").onclick = () => step(-1);
	$("enclave").onchange = (event) => choose(Number(event.target.value));
	map.addEventListener("wheel", (event) => {
		event.preventDefault();
		zoom(Math.pow(1.0015, event.deltaY), pageUnder(event));
	}, { passive: false });
	map.addEventListener("keydown", (event) => {
		const keys = { "+": "in", "=": "in", "-": "out", "0": "all", ArrowLeft: "left", ArrowRight: "right" };
		if (keys[event.key])
			$(keys[event.key]).click(), event.preventDefault();
	});
	let drag = null;
	map.addEventListener("pointerdown", (event) => {
		drag = { x: event.clientX, from, to };
		map.setPointerCapture(event.pointerId);
	});
	map.addEventListener("pointerup", () => { drag = null; });
	map.addEventListener("pointermove", (event) => {
		if (drag && event.buttons) {
			const by = (drag.x - event.clientX) * dotPages();
			if (Math.abs(drag.x - event.clientX) > 2)
				view(drag.from + by, drag.to + by);
			return;
		}
		hover(event);
	});
	map.addEventListener("pointerleave", () => { $("tip").hidden = true; });
	$("overview").addEventListener("click", (event) => {
		const page = event.offsetX / $("overview").clientWidth * e.total, half = (to - from) / 2;
		view(page - half, page + half);
	});
	window.addEventListener("resize", draw);
}

function hover(event) {
	const page = Math.floor(pageUnder(event)), tip = $("tip");
	tip.hidden = page < from - 1 || page < 0 || page >= e.total;
	if (tip.hidden)
		return;
	tip.textContent = tipText(page, Math.max(1, Math.floor(dotPages())));
	tip.style.left = Math.max(4, Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)) + "px";
	tip.style.top = Math.max(4, Math.min(event.clientY + 16, window.innerHeight - tip.offsetHeight - 8)) + "px";
}

function place(enclave) {
	for (const r of enclave.refusals) {
		const start = BigInt(r.start), end = BigInt(r.end);
		const inside = end > start && end > enclave.at && start < enclave.at + BigInt(enclave.size);
		r.page = inside ? Number(start - enclave.at) / PAGE : null;
		r.pages = inside ? Math.max(1, Number(end - start) / PAGE) : 0;
	}
}

document.title = $("title").textContent = "Process " + data.pid + " (" + data.command + ")";
$("unreachable").textContent = data.unreachable.map((u) => "It maps " + u.start + "-" + u.end +
	" of an enclave whose descriptor it has closed; that cannot be asked.").join(" ");
enclaves.forEach((enclave, i) => {
	const option = document.createElement("option");
	option.value = i;
	option.textContent = "Enclave " + (i + 1) + ": " + enclave.base;
	$("enclave").append(option);
	place(enclave);
});
$("enclave").hidden = enclaves.length < 2;
if (enclaves.length) {
	listen();
	choose(0);
} else {
	$("about").textContent = "It holds no descriptor of an enclave.";
}
document.documentElement.dataset.ready = "yes";
})();
