# Shared by the scripts; sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TEST_FLAGS="${TEST_FLAGS:--race -tags=x11,no_emoji}"
export USER_FLAGS="${USER_FLAGS:--tags=x11,no_emoji,migrated_fynedo}"
export CGO_ENABLED=1
# A commit's stamp in the binary would build it anew at every commit, and a
# clone made by another user makes git refuse to answer.
export GOFLAGS="-buildvcs=false"
mkdir -p build/bin build/tools

# tool NAME PACKAGE builds one of tools/ into build/tools and prints its path.
tool() {
	go -C tools build -o "../build/tools/$1" "$2" >&2
	printf '%s\n' "build/tools/$1"
}
