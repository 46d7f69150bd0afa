"""What the comparisons share: programs in turn, each a process of its own, and the ratios of their times."""
import json, statistics, subprocess, sys, time


def median_ms(run, runs, warm=3):
    times = []
    for index in range(warm + runs):
        start = time.perf_counter()
        run()
        if index >= warm: times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def parse(case):
    name, batch, height, width = case.split(":")
    return name, int(batch), int(height), int(width)


def zoo_command(zoo, case, precision, threads, runs, *more):
    name, batch, height, width = parse(case)
    return [zoo, "bench", "--backbone", name, "--batch", str(batch), "--size", str(height), str(width),
            "--precision", precision, "--threads", str(threads), "--runs", str(runs), *more, "--json"]


def zoo_ms(*arguments):
    """The milliseconds that `zoo bench` prints."""
    return json.loads(_output(zoo_command(*arguments)))["median_ms"]


def own_ms(script, *arguments):
    """The milliseconds that this script prints last when it is started anew for a peer."""
    return float(_output([sys.executable, script, *map(str, arguments)]).split()[-1])


def _output(command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode: sys.exit(f"{' '.join(command)}: failed\n{run.stderr}")
    return run.stdout


def ratios(mine, theirs):
    """Of each round's time to the best of the others' in the same round."""
    return [time / min(others) for time, others in zip(mine, zip(*theirs))]
