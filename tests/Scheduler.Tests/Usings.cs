global using TaskGraph;
