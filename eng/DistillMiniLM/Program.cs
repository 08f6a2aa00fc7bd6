// Makes the table of LlmRec.Models.MiniLM from the published folder:
//   dotnet run -c Release --project eng/DistillMiniLM -- ../shared/models/all-MiniLM-L6-v2 [DESTINATION]
// The same bytes on any machine, for any number of threads. Takes minutes, since everything is computed in double precision.

using System.Diagnostics;
using System.Security.Cryptography;
using DistillMiniLM;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("DistillMiniLM FOLDER [DESTINATION]   FOLDER: all-MiniLM-L6-v2 as published; DESTINATION: src/LlmRec.Models.MiniLM/Data when left out");
    return 2;
}
string destination = args.Length > 1 ? args[1] : Path.Combine("src", "LlmRec.Models.MiniLM", "Data");
var clock = Stopwatch.StartNew();
await MiniLMTable.MakeAsync(args[0], destination, Environment.ProcessorCount, part => Console.Error.Write($"\r{100 * part:0} %"));
Console.Error.WriteLine();
foreach (string file in Directory.GetFiles(destination).Order(StringComparer.Ordinal))
    Console.WriteLine($"{Path.GetFileName(file)}  {new FileInfo(file).Length:N0} bytes  sha256 {Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file)))}");
Console.WriteLine($"in {clock.Elapsed.TotalSeconds:0} s");
return 0;
