"""Outside libraries, all of them from the system's packages.

Each stands under the repository name and label the world knows it by. Headers in
/usr/include need no declaration; link options come from pkg-config, because their
list differs between releases of Debian. docs/dependencies.md gives the reasons.
"""

def _pkg_config_libs(ctx, module):
    # "-lname module": a library that the module's .pc file leaves out, before what it needs.
    before, _, module = module.rpartition(" ")
    result = ctx.execute(["pkg-config", "--libs", module])
    if result.return_code != 0:
        fail("@%s: pkg-config does not know '%s'. Run ./bazelw, which installs it." %
             (ctx.name, module))
    return [flag for flag in (before + " " + result.stdout.strip()).split(" ") if flag]

def _cc_library(name, linkopts):
    return 'cc_library(name = "%s", linkopts = %r, visibility = ["//visibility:public"])' % (
        name,
        linkopts,
    )

def _pkg_config_repository_impl(ctx):
    rules_of_package = {}
    for label, module in ctx.attr.libraries.items():
        package, _, name = label.rpartition(":")
        rule = _cc_library(name, _pkg_config_libs(ctx, module))
        rules_of_package.setdefault(package, []).append(rule)
    for package, rules in rules_of_package.items():
        path = package + "/BUILD.bazel" if package else "BUILD.bazel"
        ctx.file(path, "\n".join(rules) + "\n", executable = False)

pkg_config_repository = repository_rule(
    doc = "cc_library targets whose link options are what pkg-config says.",
    implementation = _pkg_config_repository_impl,
    attrs = {
        "libraries": attr.string_dict(doc = "label inside the repository -> pkg-config module"),
    },
    local = True,
)

def _protobuf_repository_impl(ctx):
    protoc = ctx.which("protoc")
    if not protoc:
        fail("protoc is not installed. Run ./bazelw, which installs it.")
    ctx.symlink(protoc, "protoc_binary")
    ctx.file("BUILD.bazel", "\n".join([
        _cc_library("protobuf", _pkg_config_libs(ctx, "protobuf")),
        'filegroup(name = "protoc", srcs = ["protoc_binary"],' +
        ' visibility = ["//visibility:public"])',
        "proto_lang_toolchain(",
        '    name = "cc_toolchain",',
        '    command_line = "--cpp_out=$(OUT)",',
        '    runtime = ":protobuf",',
        '    visibility = ["//visibility:public"],',
        ")",
    ]) + "\n", executable = False)

protobuf_repository = repository_rule(
    doc = "The system's protoc and libprotobuf.",
    implementation = _protobuf_repository_impl,
    local = True,
)

def _graphviz_repository_impl(ctx):
    result = ctx.execute(["pkg-config", "--variable=libdir", "libgvc"])
    if result.return_code != 0:
        fail("@graphviz: pkg-config does not know 'libgvc'. Run ./bazelw, which installs it.")
    plugins = result.stdout.strip() + "/graphviz"
    linkopts = [
        "-L" + plugins,
        "-Wl,-rpath," + plugins,
        "-lgvplugin_dot_layout",
        "-lgvplugin_core",
    ] + _pkg_config_libs(ctx, "libgvc")
    ctx.file("BUILD.bazel", _cc_library("gvc", linkopts) + "\n", executable = False)

graphviz_repository = repository_rule(
    doc = "libgvc with the two plugins that a layout as SVG takes, linked and not searched for.",
    implementation = _graphviz_repository_impl,
    local = True,
)

_NATIVE_CC_RULES = [
    "cc_library",
    "cc_binary",
    "cc_test",
    "cc_import",
    "cc_proto_library",
    "cc_toolchain",
    "cc_toolchain_suite",
]

def _rules_cc_stand_in_impl(ctx):
    ctx.file("BUILD.bazel", "", executable = False)
    ctx.file("cc/BUILD.bazel", "", executable = False)
    rules = ["%s = native.%s" % (r, r) for r in _NATIVE_CC_RULES]
    ctx.file("cc/defs.bzl", "\n".join(rules) + "\n", executable = False)

rules_cc_stand_in = repository_rule(
    doc = "Bazel 4.2 asks for rules_cc; Debian's is too new for it: native rules are handed on.",
    implementation = _rules_cc_stand_in_impl,
)

def _remote_coverage_tools_stand_in_impl(ctx):
    ctx.file(
        "BUILD.bazel",
        'filegroup(name = "coverage_report_generator", srcs = [],' +
        ' visibility = ["//visibility:public"])\n',
        executable = False,
    )

remote_coverage_tools_stand_in = repository_rule(
    doc = "Bazel 4.2 asks for it before any test runs; nothing here collects coverage.",
    implementation = _remote_coverage_tools_stand_in_impl,
)

def hairpin_dependencies():
    """Declares every repository that the build refers to."""
    rules_cc_stand_in(name = "rules_cc")
    remote_coverage_tools_stand_in(name = "remote_coverage_tools")
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")

    pkg_config_repository(
        name = "com_google_absl",
        libraries = {
            "absl/status:status": "absl_status",
            "absl/status:statusor": "absl_statusor",
            "absl/strings:str_format": "absl_str_format",
            "absl/strings:strings": "absl_strings",
            "absl/types:span": "absl_span",
        },
    )
    pkg_config_repository(name = "highway", libraries = {":hwy": "libhwy"})
    pkg_config_repository(
        name = "com_google_googletest",
        libraries = {
            ":gtest": "gmock",
            ":gtest_main": "gmock_main",
        },
    )
    pkg_config_repository(
        name = "com_google_benchmark",
        libraries = {
            ":benchmark": "benchmark",
            ":benchmark_main": "-lbenchmark_main benchmark",
        },
    )
    pkg_config_repository(name = "nlohmann_json", libraries = {":json": "nlohmann_json"})
    pkg_config_repository(name = "utf8proc", libraries = {":utf8proc": "libutf8proc"})
    pkg_config_repository(name = "isa-l", libraries = {":isal": "libisal"})
    pkg_config_repository(name = "nettle", libraries = {":nettle": "nettle"})
    pkg_config_repository(name = "libpng", libraries = {":png": "libpng"})
    pkg_config_repository(name = "libjpeg_turbo", libraries = {":jpeg": "libjpeg"})
    pkg_config_repository(name = "zlib", libraries = {":zlib": "zlib"})
    graphviz_repository(name = "graphviz")
    protobuf_repository(name = "com_google_protobuf")
