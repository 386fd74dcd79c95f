"""Fuzz targets: for libFuzzer under --config=fuzz, and as a test that replays their seeds."""

def fuzz_target(name, deps):
    """NAME_fuzz.cc as NAME_fuzz for libFuzzer and NAME_fuzz_test for everybody.

    Args:
      name: of the target, of its source and of its folder of seeds
      deps: of the source
    """
    seeds = native.glob(["seeds/%s/**" % name])
    native.cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps + [":fuzz_file"],
    )
    native.cc_test(
        name = name + "_fuzz_test",
        size = "small",
        srcs = [name + "_fuzz.cc"],
        args = ["tests/fuzz/seeds/" + name],
        data = seeds,
        deps = deps + [":fuzz_file", ":replay"],
    )
