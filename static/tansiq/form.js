// Quickens the form of a report, which works without it: saves while one types, keeps what is not saved yet on this
// device, adds up, and moves on with Enter. What was typed is never altered.
"use strict";

{
  const PREFIX = "tansiq-report-";
  const FORTNIGHT = 14 * 24 * 60 * 60 * 1000;

  // --- This device: only what the portal has not saved yet, for a fortnight at most -------------------------------

  const device = {
    works: true,
    read(key) {
      try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; }
    },
    write(key, copy) {
      try { localStorage.setItem(PREFIX + key, JSON.stringify(copy)); this.works = true; } catch { this.works = false; }
    },
    drop(key) {
      try { localStorage.removeItem(PREFIX + key); } catch { this.works = false; }
    },
    sweep() {
      try {
        const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
        for (const key of keys) if (!(this.read(key)?.at > Date.now() - FORTNIGHT)) this.drop(key);
        this.write("", { at: Date.now() });
        this.drop("");
      } catch { this.works = false; }
    },
  };
  device.sweep();
  const sent = document.querySelector("[data-sent]");
  if (sent) device.drop(sent.dataset.sent);
  // Whoever chose between two answers needs the copy no more.
  for (const choice of document.querySelectorAll("[data-settled]")) {
    choice.addEventListener(choice.tagName === "FORM" ? "submit" : "click", () => device.drop(choice.dataset.settled));
  }

  // --- Numbers: read as the portal reads them, in millionths, so that sums agree to the last digit ------------------

  const UNKNOWN = new Set("-–—−‐﹣－?؟");
  const NUMBER = /^([+-]?)(\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+)?(?:\.(\d+))?$/;
  const SIGNS = { "٫": ".", "٬": ",", "،": ",", "−": "-", "﹣": "-", "－": "-", "＋": "+" };

  const plain = (text) => text
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) - 0x6f0)
    .replace(/[٫٬،−﹣－＋]/g, (sign) => SIGNS[sign]).replace(/[\u00a0\u2007\u2009\u202f]/g, " ").trim();

  const millionths = (text) => {
    const match = NUMBER.exec(plain(text));
    if (!match || (!match[2] && !match[3])) return null;
    const whole = (match[2] ?? "0").replace(/[ ,]/g, "").replace(/^0+(?=\d)/, "");
    const part = (match[3] ?? "").replace(/0+$/, "");
    if (whole.length > 15 || part.length > 6) return null;
    const size = BigInt(whole + part.padEnd(6, "0"));
    return match[1] === "-" ? -size : size;
  };

  const written = (size) => {
    const digits = (size < 0n ? -size : size).toString().padStart(7, "0");
    const whole = digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ",");
    const part = digits.slice(-6).replace(/0+$/, "");
    return `${size < 0n ? "-" : ""}${whole}${part && "."}${part}`;
  };

  const total = (inputs) => {
    const texts = inputs.map((input) => input.value.trim());
    const numbers = texts.map(millionths).filter((size) => size !== null);
    if (!numbers.length) return "";
    return `${texts.some((text) => UNKNOWN.has(text)) ? "≥" : ""}${written(numbers.reduce((sum, size) => sum + size, 0n))}`;
  };

  const rowInputs = (row) => [...row.querySelectorAll("td > input")];

  const addUp = (table) => {
    const rows = [...table.querySelectorAll("tr[data-sum]")];
    for (const row of rows) row.querySelector(".sum output").value = total(rowInputs(row));
    const outputs = [...table.querySelectorAll("tfoot output")];
    if (!outputs.length) return;
    const grid = rows.map(rowInputs);
    outputs.forEach((output, column) => {
      output.value = total(column < outputs.length - 1 ? grid.map((inputs) => inputs[column]) : grid.flat());
    });
  };

  // --- The form ----------------------------------------------------------------------------------------------------

  const form = document.getElementById("report");
  if (form) {
    const words = document.getElementById("words").dataset;
    const bar = document.getElementById("saved");
    const report = form.dataset.report;
    const base = JSON.parse(form.elements.base.value);
    const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
    let offered = {};
    let disputed = false, stopped = false, pending = 0, first = 0, flight = null, patience = 3000, shown = "";

    const fields = () => [...form.elements].filter((field) => /^(r-)?s\d+$/.test(field.name));
    const changed = () => Object.fromEntries(
      fields().filter((field) => field.value !== (base[field.name] ?? "")).map((field) => [field.name, field.value]));
    const isEmpty = (values) => !Object.keys(values).length;

    const icon = (name, tone = "muted") => {
      const picture = document.createElement("template");
      picture.innerHTML = `<svg class="icon ${tone}" aria-hidden="true"><use href="${sprite}#i-${name}"/></svg>`;
      return picture.content;
    };

    const element = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text }, properties);

    // Where things stand, told once and not at every key.
    const tell = (state, picture, text, more, tone, action) => {
      if (shown === state) return;
      shown = state;
      const line = element("div", "");
      line.append(icon(picture, tone), " ", element("b", text));
      const below = element("div", more, { className: "small muted" });
      if (action) below.append(" ", action);
      bar.replaceChildren(line, below);
    };

    const keepHere = () => {
      const values = { ...offered, ...changed() };
      if (isEmpty(values)) device.drop(report);
      else device.write(report, { at: Date.now(), person: form.dataset.person, edition: form.elements.edition.value, values });
    };

    const tellTyping = () => {
      if (stopped || disputed) return;
      if (device.works) tell("typing", "device", words.typing, words.typingMore);
      else tell("unkept", "warn", words.unkept, words.unkeptMore, "warn");
    };

    const saveSoon = (wait) => {
      clearTimeout(pending);
      pending = setTimeout(save, wait);
    };

    const noticed = () => {
      keepHere();
      tellTyping();
      if (stopped || isEmpty(changed())) return;
      first = first || Date.now();
      // A second after the last key, and never later than two after the first.
      saveSoon(Math.max(0, Math.min(900, first + 1500 - Date.now())));
    };

    const save = () => (flight = flight ?? send().finally(() => { flight = null; }));

    async function send() {
      clearTimeout(pending);
      const values = changed();
      first = 0;
      if (isEmpty(values) || stopped) return isEmpty(values);
      const body = new URLSearchParams(values);
      for (const name of ["csrfmiddlewaretoken", "edition", "source"]) body.set(name, form.elements[name].value);
      const control = new AbortController();
      const limit = setTimeout(() => control.abort(), 20_000);
      try {
        const reply = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: control.signal });
        if (!(reply.headers.get("Content-Type") ?? "").startsWith("application/json")) throw new Error("not the portal");
        const answer = await reply.json();
        if (reply.ok && Number.isInteger(answer.edition)) return accepted(answer, values);
        if (!refused(answer)) throw new Error("not saved");
      } catch {
        // No network, a captive portal's own page, or a portal that is down: all the same to whoever types.
        tell("offline", "device", words.offline, words.offlineMore, "warn");
        saveSoon(patience);
        patience = Math.min(patience * 2, 30_000);
      } finally {
        clearTimeout(limit);
      }
      return false;
    }

    // What was saved is part of the page now; what was disputed stays as typed, under the edition it was typed in.
    function accepted(answer, values) {
      patience = 3000;
      for (const [name, value] of Object.entries(values)) if (!answer.disputed.includes(name)) base[name] = value;
      form.elements.base.value = JSON.stringify(base);
      disputed = answer.disputed.length > 0;
      if (!disputed) form.elements.edition.value = answer.edition;
      keepHere();
      shown = "";
      bar.innerHTML = answer.state;
      document.getElementById("stages").innerHTML = answer.stages;
      remark(answer);
      if (disputed) {
        stopped = true;
        tell("disputed", "warn", words.disputed, "", "warn", element("button", words.choose, { className: "btn", type: "submit" }));
        return false;
      }
      if (isEmpty(changed())) return true;
      noticed();
      return false;
    }

    // Answers that no repetition helps: signed out, signed in anew elsewhere, sent already.
    function refused({ code, address, receipt }) {
      const link = (text, href) => element("a", text, { href });
      const here = encodeURIComponent(location.pathname);
      if (code === "signed_out") tell(code, "lock", words.signedOut, "", "warn", link(words.signIn, `/accounts/login/?next=${here}`));
      else if (code === "stale") tell(code, "lock", words.stale, "", "warn", link(words.reload, location.pathname));
      else if (code === "acting") tell(code, "lock", words.acting, "", "warn", link(words.reload, location.pathname));
      else if (code === "too_large") tell(code, "warn", words.tooLarge, "", "warn");
      else if (code === "sent") tell(code, "check", `${words.sent} ${receipt ?? ""}`, "", "ok", link(words.see, address));
      else return false;
      stopped = true;
      if (code === "sent") device.drop(report);
      return true;
    }

    // Questions and errors under their lines; one whose reason is being written stays.
    function remark({ lines, faulty, asked }) {
      for (const row of form.querySelectorAll("tr.why")) {
        const slot = row.id.slice(2);
        if (row.contains(document.activeElement)) delete lines[slot];
        else row.remove();
      }
      for (const [slot, html] of Object.entries(lines)) {
        const made = document.createElement("template");
        made.innerHTML = html.trim();
        document.getElementById(`l-${slot}`).after(made.content);
        const reason = form.elements[`r-${slot}`];
        if (reason && !(`r-${slot}` in base) && reason.value) base[`r-${slot}`] = reason.value;
      }
      for (const row of form.querySelectorAll("tr[id^=l-]")) {
        row.classList.toggle("ask", row.nextElementSibling?.classList.contains("why") ?? false);
      }
      for (const field of fields()) {
        if (faulty.includes(field.name)) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
        field.classList.toggle("asked", asked.includes(field.name));
      }
    }

    // --- Typing ----------------------------------------------------------------------------------------------------

    form.addEventListener("input", (event) => {
      const table = event.target.closest("table");
      if (table) addUp(table);
      noticed();
    });

    const visible = () => fields().filter((field) => field.offsetParent !== null);

    const go = (field) => {
      if (!field) return;
      field.focus();
      if (field.select) field.select();
    };

    form.addEventListener("keydown", (event) => {
      const field = event.target;
      if (event.isComposing || !/^(r-)?s\d+$/.test(field.name ?? "") || field.tagName === "TEXTAREA") return;
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const order = visible();
        const next = order[order.indexOf(field) + (event.shiftKey ? -1 : 1)];
        if (next && (event.shiftKey || next.closest("section") === field.closest("section"))) go(next);
        else if (!event.shiftKey) onward(field.closest("section"));
      }
      if (field.tagName === "INPUT" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        const rows = [...(field.closest("tbody")?.querySelectorAll("tr[id^=l-]") ?? [])];
        const row = field.closest("tr");
        const column = rowInputs(row).indexOf(field);
        const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
        if (next && column >= 0) { event.preventDefault(); go(rowInputs(next)[column]); }
      }
    });

    // A menu writes into what is empty, and only there.
    const MARKS = { zero: "0", not_known: "–", closed: "×" };
    form.addEventListener("click", (event) => {
      const wish = event.target.closest("button[name=blanks]");
      if (!wish) return;
      event.preventDefault();
      const mark = MARKS[wish.value.split(" ")[0]];
      const scope = wish.closest("tr") ?? wish.closest("section");
      const empty = [...scope.querySelectorAll("td > :is(input, select, textarea)")].filter((field) => /^s\d+$/.test(field.name) && !field.value.trim());
      for (const field of empty) field.value = mark;
      for (const table of scope.matches("section") ? scope.querySelectorAll("table") : [scope.closest("table")]) addUp(table);
      wish.closest("details").open = false;
      noticed();
      go(empty[0]);
    });

    // --- Leaving -----------------------------------------------------------------------------------------------------

    form.addEventListener("submit", async (event) => {
      if (disputed || event.submitter?.name !== "check") return;
      event.preventDefault();
      clearTimeout(pending);
      if (flight) await flight;
      if (await save()) location.assign(form.dataset.check);
    });

    addEventListener("pagehide", () => { if (!stopped && !isEmpty(changed())) { keepHere(); save(); } });
    addEventListener("online", () => { shown = ""; noticed(); });

    // --- What this device kept ---------------------------------------------------------------------------------------

    const offer = () => {
      const copy = device.read(report);
      if (!copy || copy.person !== form.dataset.person) return;
      const standing = Object.fromEntries(fields().map((field) => [field.name, field.value]));
      offered = Object.fromEntries(Object.entries(copy.values).filter(([name, text]) => name in standing && standing[name] !== text));
      if (isEmpty(offered)) { device.drop(report); return; }
      const note = element("div", "", { className: "note warn", id: "kept" });
      const told = element("div", "");
      // The device's own day and time, as tables write them: 2019-05-07 14:02.
      const at = new Date(copy.at - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace("T", " ");
      const labels = Object.entries(offered).map(([name, text]) => {
        const item = element("li", "");
        item.append(`${label(name)}: `, element("bdi", text || "∅"));
        return item;
      });
      const list = element("ul", "");
      list.append(...labels);
      const actions = element("div", "", { className: "actions" });
      const restore = element("button", words.restore, { className: "btn", type: "button" });
      const discard = element("button", words.discard, { className: "btn", type: "button" });
      actions.append(restore, discard);
      told.append(element("b", `${words.kept} `), element("span", at, { className: "n" }), list, actions);
      note.append(icon("device", "warn"), told);
      form.before(note);
      restore.addEventListener("click", () => {
        for (const [name, text] of Object.entries(offered)) if (form.elements[name]) form.elements[name].value = text;
        form.elements.edition.value = copy.edition;
        settle();
      });
      discard.addEventListener("click", settle);
      function settle() {
        offered = {};
        note.remove();
        for (const table of form.querySelectorAll("table")) addUp(table);
        noticed();
      }
    };

    const label = (name) => {
      const field = form.elements[name];
      const named = (field.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
      return named.filter(Boolean).join(document.documentElement.lang === "ar" ? "، " : ", ") || field.labels?.[0]?.textContent || name;
    };

    // --- A phone: one section at a time, and lines that are done fold to one line ------------------------------------

    const phone = matchMedia("(max-width: 767.98px)").matches;
    const sections = [...form.querySelectorAll("section.entry")];

    const open = (section, alone = false) => {
      for (const one of phone && alone ? sections : [section]) {
        one.classList.toggle("closed", one !== section);
        one.querySelector(".unfold-section")?.setAttribute("aria-expanded", one === section);
      }
    };

    function onward(section) {
      const next = sections[sections.indexOf(section) + 1];
      if (!next) { form.elements.check.focus(); return; }
      open(next, true);
      go(visible().find((field) => next.contains(field)) ?? next.querySelector("button"));
    }

    const unfold = (row) => {
      row.classList.remove("folded");
      row.querySelector(".unfold")?.remove();
    };

    const foldRow = (row) => {
      const inputs = rowInputs(row);
      if (inputs.some((input) => !input.value.trim() || input.getAttribute("aria-invalid"))) return;
      const sum = row.querySelector(".sum output").value;
      const opener = element("button", "", { type: "button", className: "btn btn-plain small ok unfold" });
      opener.append(icon("check", "ok"), element("span", sum, { className: "n" }), icon("caret"));
      opener.setAttribute("aria-label", `${row.querySelector("th span").textContent}: ${sum}`);
      opener.addEventListener("click", () => { unfold(row); go(inputs[0]); });
      row.querySelector("th").append(opener);
      row.classList.add("folded");
    };

    const foldSection = (section) => {
      const heading = section.querySelector("h2");
      const opener = element("button", "", { type: "button", className: "btn btn-plain unfold-section" });
      opener.append(...heading.childNodes);
      opener.setAttribute("aria-expanded", "true");
      opener.addEventListener("click", () => open(section, section.classList.contains("closed") || !section.classList.toggle("closed")));
      heading.append(opener);
    };

    const fold = () => {
      if (!phone) return;
      for (const row of form.querySelectorAll("tr[data-sum]:not(.ask)")) foldRow(row);
      sections.forEach(foldSection);
      const waiting = sections.find((section) => section.querySelector(".ask") || visible().some((field) => section.contains(field) && !field.value));
      open(waiting ?? sections[0], true);
    };

    const showTarget = () => {
      const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const section = target && target.closest("section.entry");
      if (!section) return;
      open(section, true);
      const row = target.closest("tr.folded");
      if (row) unfold(row);
      target.scrollIntoView({ block: target === section ? "start" : "center" });
      if (target.focus && target !== section) target.focus();
    };

    form.autocomplete = "off";
    for (const hidden of form.querySelectorAll("[data-without-script]")) hidden.hidden = true;
    for (const menu of form.querySelectorAll("td summary")) menu.tabIndex = -1;
    for (const table of form.querySelectorAll("table")) addUp(table);
    offer();
    fold();
    showTarget();
    addEventListener("hashchange", showTarget);
    if (!device.works) tellTyping();
    if (!isEmpty(changed())) noticed();
  }
}
