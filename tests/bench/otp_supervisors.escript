#!/usr/bin/env escript
%% Erlang/OTP's supervisor under what supervision.cpp measures of ours; the same table. Needs erlang-base.
%%! +P 2000000
-mode(compile).
-behaviour(supervisor).
-export([main/1, init/1, start_child/1, child/1]).

-define(IDLE, 1000000).
-define(KILLED, 10000).
-define(SINGLE_KILLS, 5000).

%% Never gives up: as many restarts a second as one likes.
init(Collector) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 100000000, period => 1},
          [#{id => child, start => {?MODULE, start_child, [Collector]}, restart => permanent,
             shutdown => brutal_kill}]}}.

start_child(Collector) -> proc_lib:start_link(?MODULE, child, [Collector]).

child(Collector) ->
    Collector ! {ready, self(), erlang:monotonic_time()},
    proc_lib:init_ack({ok, self()}),
    erlang:hibernate(timer, sleep, [infinity]).

us(Native) -> erlang:convert_time_unit(Native, native, nanosecond) / 1000.

memory() -> erlang:garbage_collect(), erlang:memory(total).

ready(0) -> ok;
ready(N) -> receive {ready, _, _} -> ready(N - 1) end.

kill_and_wait(Pid) ->
    Killed = erlang:monotonic_time(),
    exit(Pid, kill),
    receive {ready, _, Begun} -> us(Begun - Killed) end.

main(_) ->
    ok = logger:set_primary_config(level, none), % a report per kill would be most of what is measured
    {ok, Sup} = supervisor:start_link(?MODULE, self()),
    Before = memory(),
    Start = erlang:monotonic_time(),
    Pids = [begin {ok, Pid} = supervisor:start_child(Sup, []), Pid end || _ <- lists:seq(1, ?IDLE)],
    ready(?IDLE),
    io:format("spawn under a supervisor, first incarnation run  ~8.2f us~n",
              [us(erlang:monotonic_time() - Start) / ?IDLE]),
    timer:sleep(3000),
    io:format("idle supervised child, ~b of them          ~8.1f bytes~n", [?IDLE, (memory() - Before) / ?IDLE]),
    Waits = lists:sort([kill_and_wait(Pid) || Pid <- lists:sublist(Pids, ?SINGLE_KILLS)]),
    io:format("kill -> next incarnation ready                   ~8.1f us p50 ~8.1f us p99~n",
              [lists:nth(?SINGLE_KILLS div 2, Waits), lists:nth(?SINGLE_KILLS * 99 div 100, Waits)]),
    timer:sleep(2000),
    Victims = lists:sublist(Pids, ?SINGLE_KILLS + 1, ?KILLED),
    Killing = erlang:monotonic_time(),
    [exit(Pid, kill) || Pid <- Victims],
    ready(?KILLED),
    io:format("kill ~b, all ready again                     ~8.1f ms~n",
              [?KILLED, us(erlang:monotonic_time() - Killing) / 1000]),
    halt(0).
