# Functions that bin/pushfanout and bin/release share. They expect the variables program, for
# messages, and home.
# shellcheck shell=sh disable=SC2154

wanted=25
# Set by a script that is about to compile: a runtime without a compiler is no JDK to it, and
# neither is a later one, because the build has a toolchain of this version.
compiles=

die() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 1
}

# Tests for the home of a Java that is new enough, by its release file where there is one.
is_jdk() {
  [ -x "$1/bin/java" ] || return 1
  [ -z "$compiles" ] || [ -x "$1/bin/javac" ] || return 1
  if [ -f "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  else
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
  fi
  if [ -n "$compiles" ]; then
    [ "${version:-0}" = "$wanted" ]
  else
    [ "${version:-0}" -ge "$wanted" ] 2>/dev/null
  fi
}

# The home of the java on the PATH, which is usually a symbolic link into it.
java_on_path() {
  java=$(command -v java) || return 0
  java=$(readlink -f "$java" 2>/dev/null) || return 0
  dirname "$(dirname "$java")"
}

find_jdk() {
  if [ -n "${PUSHFANOUT_JAVA_HOME:-}" ]; then
    or_later=' or later'
    [ -z "$compiles" ] || or_later=', which the build needs'
    is_jdk "$PUSHFANOUT_JAVA_HOME" ||
      die "PUSHFANOUT_JAVA_HOME is no JDK $wanted$or_later: $PUSHFANOUT_JAVA_HOME"
    printf '%s\n' "$PUSHFANOUT_JAVA_HOME"
    return
  fi
  mac=
  [ ! -x /usr/libexec/java_home ] || mac=$(/usr/libexec/java_home -v "$wanted+" 2>/dev/null) || :
  later=
  for jdk in "${JAVA_HOME:-}" "$(java_on_path)" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "$mac"; do
    if [ -n "$jdk" ] && is_jdk "$jdk"; then
      if [ "$version" = "$wanted" ]; then
        printf '%s\n' "$jdk"
        return
      fi
      later=${later:-$jdk}
    fi
  done
  if [ -n "$later" ]; then
    printf '%s\n' "$later"
    return
  fi
  die "no JDK $wanted found. Install one (https://adoptium.net, or 'sdk install java $wanted-tem')" \
    "and set JAVA_HOME or PUSHFANOUT_JAVA_HOME to it."
}

require_maven() {
  command -v mvn >/dev/null ||
    die "Maven 3.8 or later is needed to build the program, and there is no mvn on the PATH"
}

# Becomes Maven, on our JDK: its plugins need a newer Java than the one on the PATH may be.
become_maven() {
  export JAVA_HOME="$jdk"
  # Where Maven's toolchain looks for JDKs in unusual places.
  export JAVA25_HOME="$jdk"
  MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  export MAVEN_OPTS
  if ! may_write_repository; then
    set -- "-Dmaven.repo.local=$home/target/repository" "$@"
  fi
  exec mvn -B -q -ntp -Dstyle.color=never -Dmaven.test.skip=true "$@" package
}

# Tests whether Maven may keep what it downloads where it does by default.
may_write_repository() {
  case ${MAVEN_OPTS:-} in
    *-Dmaven.repo.local=*) return 0 ;;
  esac
  [ -n "${HOME:-}" ] || return 0
  ! grep -q '<localRepository>' "$HOME/.m2/settings.xml" 2>/dev/null || return 0
  mkdir -p "$HOME/.m2/repository" 2>/dev/null && [ -w "$HOME/.m2/repository" ]
}

# A sentence about proxies where one is set, because Maven reads no variable.
proxy_hint() {
  for variable in HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy; do
    eval "value=\${$variable:-}"
    # shellcheck disable=SC2154 # eval sets it
    if [ -n "$value" ]; then
      printf '%s' " Maven does not read $variable: its proxies are in ~/.m2/settings.xml."
      return
    fi
  done
}
