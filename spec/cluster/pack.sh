#!/usr/bin/env bash
# The package as a user gets it: packed, installed in an empty folder, without the sources or tsx.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT
(cd "$root" && npm pack --silent --pack-destination "$work")
mkdir "$work/app"
cd "$work/app"
echo '{"type":"module","private":true}' > package.json
npm install --silent --no-audit --no-fund "$work"/epaxos-*.tgz
npm install --silent --no-audit --no-fund --save-dev typescript@7 @types/node@20
# The first program of a document.
first() { awk '/^```ts$/ { n++; on = n == 1; next } /^```$/ { on = 0 } on' "$root/$1"; }
first README.md > counter.ts
first actors/README.md > program.ts
npx tsc --strict --module nodenext --target es2022 --types node --outDir out counter.ts program.ts
[ "$(node out/program.js)" = "20 42 42" ] && echo "programs of the documents compile under strict TypeScript and run"
# Older compilers, without skipLibCheck, and the resolution of older programs.
npm install --silent --no-audit --no-fund --save-dev ts50@npm:typescript@5.0 ts56@npm:typescript@5.6
cat > entries.ts << 'END'
import { createNode } from 'epaxos'
import { createClient } from 'epaxos/client'
import { openTrace } from 'epaxos/debugger'
import { connectKv } from 'epaxos/kv'
import { runSeed } from 'epaxos/sim'
export const entries = [createNode, createClient, openTrace, connectKv, runSeed]
END
for compiler in ts50 ts56; do
  node node_modules/$compiler/bin/tsc --noEmit --strict --target es2022 --module nodenext --types node entries.ts
  node node_modules/$compiler/bin/tsc --noEmit --strict --target es2022 --module commonjs --moduleResolution node --types node entries.ts
done
echo "the types are read by TypeScript 5.0 and 5.6, and by moduleResolution node"
# A checkout that is built, and installed without development dependencies.
mkdir "$work/checkout"
(cd "$root" && cp -r package.json package-lock.json dist "$work/checkout" && mkdir -p "$work/checkout/examples/cli" && cp examples/cli/run.mjs "$work/checkout/examples/cli")
(
  cd "$work/checkout"
  export NODE_ENV=production
  # What its script would compile is there already.
  npm install --silent --no-audit --no-fund --ignore-scripts
  cp -r "$work/app/node_modules/sqlite3/build" node_modules/sqlite3/
  [ "$(printf 'put a 1\nget a\n' | npm start -s -- --data "$work/data")" = "OK
1" ] && echo "npm start runs the built program without development dependencies"
)
port=$((20000 + RANDOM % 20000))
node_modules/.bin/epaxos serve --id 1 --members "1=ws://127.0.0.1:$port" --data data --bootstrap --events 3 3> events.jsonl &
server=$!
for _ in $(seq 100); do grep -q '"code":"ready"' events.jsonl && break; sleep 0.1; done
[ "$(npx epaxos put x 5 --endpoints "ws://127.0.0.1:$port")" = OK ]
[ "$(npx epaxos get x --endpoints "ws://127.0.0.1:$port")" = 5 ]
kill -TERM "$server"
wait "$server"
server=
echo "npx epaxos serve works from the package"
