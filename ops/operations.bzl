"""One line for each operation in BUILD.bazel makes its library and its test."""

def operation(name, kernels = [], deps = []):
    """The library //ops:NAME from NAME.h and NAME.cc, and its test NAME_test.

    NAME_test checks what is promised of every operation (operation_test.cc) and,
    if there is a NAME_test.cc, what that adds.

    Args:
      name: the operation's name in the registry.
      kernels: targets of //ops/kernels that it calls.
      deps: what it needs besides.
    """
    native.cc_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = [name + ".h"],
        deps = [
            ":definition",
            "//autograd:recording",
        ] + ["//ops/kernels:" + kernel for kernel in kernels] + deps,
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = ["operation_test.cc"] + native.glob([name + "_test.cc"]),
        local_defines = ['HAIRPIN_OPERATION=\\"%s\\"' % name],
        deps = [
            ":" + name,
            ":operation_checks",
            ":registry",
            "@com_google_googletest//:gtest_main",
        ],
    )

def operations(table):
    """All operations of a table {name: arguments of operation()}."""
    for name, arguments in table.items():
        operation(name = name, **arguments)
