import assert from "node:assert/strict";
import { shown } from "../../src/cli/service/carry_out.ts";
import { placesOf } from "../../src/cli/service/places.ts";
import { installSteps, removeSteps } from "../../src/cli/service/steps.ts";
import type { InstallFacts, RemoveFacts, Step } from "../../src/cli/service/steps.ts";

const ENV = { HOME: "/home/me", XDG_RUNTIME_DIR: "/run/user/7" };

function lines(steps: readonly Step[]): readonly string[] {
  return steps.map(shown);
}

function install(facts: Partial<InstallFacts> & { isUser?: boolean } = {}): readonly string[] {
  const { isUser = false, ...rest } = facts;
  return lines(installSteps({
    places: placesOf(isUser, ENV),
    instance: "etl",
    env: ENV,
    root: "/src/rekindle",
    isCheckout: true,
    deno: "/bin/deno",
    settings: null,
    ...rest,
  }));
}

function remove(facts: Partial<RemoveFacts> & { isUser?: boolean } = {}): readonly string[] {
  const { isUser = false, ...rest } = facts;
  const places = placesOf(isUser, ENV);
  return lines(removeSteps({ places, instance: "etl", env: ENV, keepData: false, isLast: true, ...rest }));
}

Deno.test("installSteps() bundles a checkout, copies an installed program, and nothing onto itself", () => {
  const bundles = (found: readonly string[]) => found.filter((line) => line.includes(" bundle "));
  assert.deepEqual(bundles(install()), [
    "/bin/deno bundle --quiet --platform deno --config /src/rekindle/deno.json " +
    "-o /usr/local/lib/rekindle/lib/rekindle.js /src/rekindle/src/main.ts",
  ]);
  const copied = install({ isCheckout: false, isUser: true, root: "/usr/local/lib/rekindle" });
  assert.deepEqual(bundles(copied), []);
  const target = "/home/me/.local/lib/rekindle/lib/rekindle.js";
  assert.ok(
    copied.includes(`install -D -m 0644 /usr/local/lib/rekindle/lib/rekindle.js ${target}`),
    copied.join("\n"),
  );
  const again = install({ isCheckout: false, root: "/usr/local/lib/rekindle" });
  assert.equal(again.some((line) => line.includes("rekindle.js") || line.includes("/deno")), false);
});

Deno.test("installSteps() makes the user before the settings that its group reads, and starts at last", () => {
  const settings = { text: '{ "conf": ["a.password=hunter2"] }', changed: ["conf", "heap"] };
  const found = install({ settings });
  const at = (part: string) => found.findIndex((line) => line.startsWith(part));
  const written = at("install -D -m 0640 -g rekindle /dev/stdin /etc/rekindle/etl.json");
  assert.ok(
    at("systemd-sysusers") > 0 && written > at("systemd-sysusers") && written > at("systemd-tmpfiles"),
  );
  assert.match(found[written] ?? "", / {2}# with conf, heap$/);
  assert.equal(found.join("\n").includes("hunter2"), false);
  assert.deepEqual(found.slice(-3), [
    "systemctl daemon-reload",
    "systemctl enable rekindle@etl.service",
    "systemctl restart rekindle@etl.service",
  ]);
});

Deno.test("installSteps() for a user touches nothing but that user's home", () => {
  const found = install({ isUser: true, settings: { text: "{}", changed: ["api"] } });
  for (const line of found) {
    if (line.startsWith("systemctl")) assert.match(line, /^systemctl --user /);
    else assert.match(line, / \/home\/me\/|=go=rX \/home\/me\//);
    assert.equal(/\/etc\/|\/usr\//.test(line), false, line);
  }
  assert.ok(
    found.some((line) => /-m 0600 \/dev\/stdin \/home\/me\/\.config\/rekindle\/etl\.json/.test(line)),
  );
});

Deno.test("removeSteps() takes back everything that an installation has made, when it was the last", () => {
  for (const isUser of [false, true]) {
    const made = install({ isUser, settings: { text: "{}", changed: ["api"] } }).flatMap((line) =>
      /^(?:install|ln|cp) .*? (\S+?)(?: {2}#.*)?$/.exec(line)?.[1] ?? []
    );
    const removed = remove({ isUser }).filter((line) => line.startsWith("rm -rf ")).flatMap((line) =>
      line.split(" ").slice(2)
    );
    const isRemoved = (path: string) =>
      removed.some((each) => path === each || path.startsWith(`${each}/`)) || path.endsWith("/bin");
    assert.deepEqual(made.filter((path) => !isRemoved(path)), [], String(isUser));
    assert.ok(made.length >= 6);
  }
});

Deno.test("removeSteps() leaves program, unit and user to other instances, and data when told to", () => {
  const one = remove({ isLast: false }).join("\n");
  assert.equal(/userdel|\/usr\/local|rekindle@\.service/.test(one), false, one);
  assert.match(one, /rm -rf \/var\/lib\/rekindle\/etl \/var\/log\/rekindle\/etl$/m);
  const kept = remove({ keepData: true }).join("\n");
  assert.equal(/\/var\/lib\/rekindle\/etl|\/var\/log\/rekindle\/etl|userdel/.test(kept), false, kept);
  assert.match(kept, /\/usr\/local\/lib\/rekindle/);
});

Deno.test("removeSteps() of a user removes that instance's folders below the XDG ones", () => {
  const found = remove({ isUser: true, env: { ...ENV, XDG_STATE_HOME: "/data/state" } }).join("\n");
  assert.match(found, /^rm -rf \/data\/state\/rekindle\/etl \/run\/user\/7\/rekindle\/etl$/m);
  assert.match(found, /^rmdir \/data\/state\/rekindle$/m);
  assert.equal(/^rmdir (?!.*rekindle$)/m.test(found), false, found);
});

Deno.test("placesOf() needs a home for a user's service", () => {
  assert.throws(() => placesOf(true, {}), /HOME is not set/);
  assert.equal(placesOf(true, { ...ENV, XDG_CONFIG_HOME: "/cfg" }).units, "/cfg/systemd/user");
});

Deno.test("shown() quotes what a shell would take apart", () => {
  assert.equal(shown({ words: ["cp", "a b", "it's", "$HOME", "x=y"] }), `cp 'a b' 'it'\\''s' '$HOME' x=y`);
});
