# Functions that .ci/run, .ci/full and .ci/wheel share. Source this file from the root of the repository.

# cargo-lambda installs missing targets with rustup. With these settings, a missing target is an error.
export RUSTUP_DIST_SERVER=file:///nonexistent RUSTUP_UPDATE_ROOT=file:///nonexistent
export CARGO_TARGET_DIR="$PWD/target" INSTA_UPDATE=no
# A clean build is faster, and smaller, without incremental compilation.
export CARGO_INCREMENTAL=0
export AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 CARGO_TERM_COLOR=never

# Prints the name of a step, then runs its command.
step() {
    printf '\n== %s (after %d s)\n' "$1" "$SECONDS"
    shift
    "$@"
}

# Installs the tools of a requirements file into a virtual environment, and adds them to PATH.
tools() {
    local requirements=${1:-.ci/requirements.txt} venv=${2:-target/ci-tools}
    if ! cmp -s "$requirements" "$venv/installed.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv" || { echo "python3 has no module venv; on Debian, install python3-venv"; return 1; }
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$venv/installed.txt"
    fi
    PATH="$PWD/$venv/bin:$PATH"
}

# Installs a Debian package if a command is missing.
need() {
    local command=$1 package=$2
    command -v "$command" > /dev/null || {
        local sudo=; [[ $(id -u) == 0 ]] || sudo=sudo
        $sudo apt-get update && $sudo apt-get install --yes "$package"
    }
}

# Installs cargo-fuzz, and the C++ compiler that libFuzzer needs.
fuzzer() {
    need c++ g++
    cargo install --quiet --locked --version 0.13.1 --root target/ci-cargo cargo-fuzz
}

# Fuzzes every target of the given fuzz crates, each for the given number of seconds.
fuzz_all() {
    local seconds=$1 folder target
    for folder in "${@:2}"; do
        for target in $(target/ci-cargo/bin/cargo-fuzz list --fuzz-dir "$folder"); do
            step "$seconds s of fuzzing $folder, $target" fuzz "$folder" "$target" "$seconds"
        done
    done
}

# Fuzzes one target. Starts with the corpus of earlier runs and with the fixtures.
fuzz() {
    local folder=$1 target=$2 seconds=$3 fixtures=fixtures
    [[ $folder != crates/kpl-* ]] || fixtures=fixtures/kpl
    local corpus=target/fuzz-corpus/$target log=target/fuzz-$target.log
    mkdir -p "$corpus"
    # The sanitizer is a nightly flag. RUSTC_BOOTSTRAP makes a stable compiler accept it.
    RUSTC_BOOTSTRAP=1 target/ci-cargo/bin/cargo-fuzz fuzz run "$target" --fuzz-dir "$folder" \
        "$corpus" "$fixtures" -- -max_total_time="$seconds" > "$log" 2>&1 \
        || { tail -n 60 "$log"; return 1; }
    tail -n 1 "$log"
}

# Sends the given number of 6 MB events to a function, and fails if the function's memory grows.
soak() {
    local binary=$1 events=$2 example
    example=$(echo crates/*/examples/soak.rs)
    AWS_LAMBDA_LOG_LEVEL=WARN FIREHOSE_TRANSFORM_METRICS=off cargo run --quiet \
        --manifest-path "${example%/examples/*}/Cargo.toml" --example soak -- "$binary" "$events"
}
