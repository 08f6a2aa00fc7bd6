using System.Reflection;
using System.Text;

namespace LlmRec.Tests;

/// <summary>Prints the public surface of an assembly, one member a line in a stable order, so that a change of it shows in a diff.</summary>
internal static class PublicSurface
{
    /// <summary>Compares the surface with the committed file; with <c>UPDATE_PUBLIC_API=1</c> in the environment the file is written anew.</summary>
    public static void Verify(Assembly assembly)
    {
        string name = assembly.GetName().Name!;
        string path = Path.Combine(SharedData.RepositoryRoot, "tests", name + ".Tests", name + ".PublicApi.txt");
        string actual = Print(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
            File.WriteAllText(path, actual);

        string committed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        string[] was = committed.Split('\n'), now = actual.Split('\n');
        var difference = now.Except(was).Select(l => "+ " + l).Concat(was.Except(now).Select(l => "- " + l)).Take(40).ToArray();
        Assert.That(committed, Is.EqualTo(actual),
            $"the public surface of {name} changed; if it was meant, run the tests once with UPDATE_PUBLIC_API=1 and commit the file\n{string.Join('\n', difference)}");
    }

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => Name(t), StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append(Bases(type)).Append('\n');
            if (typeof(Delegate).IsAssignableFrom(type))
            {
                text.Append("    ").Append(Signature(type.GetMethod("Invoke")!)).Append('\n');
                continue;
            }
            foreach (string line in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Kind(Type t) =>
        t.IsEnum ? "enum" : t.IsInterface ? "interface" : typeof(Delegate).IsAssignableFrom(t) ? "delegate" : t.IsValueType ? "struct" :
        t.IsAbstract && t.IsSealed ? "static class" : t.IsAbstract ? "abstract class" : t.IsSealed ? "sealed class" : "class";

    private static string Bases(Type t)
    {
        if (t.IsEnum) return "";
        var names = new List<string>();
        if (t.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(MulticastDelegate)) names.Add(Name(b));
        var inherited = (t.BaseType?.GetInterfaces() ?? []).Concat(t.GetInterfaces().SelectMany(i => i.GetInterfaces())).ToHashSet();
        names.AddRange(t.GetInterfaces().Where(i => i.IsPublic && !inherited.Contains(i)).Select(Name).Order(StringComparer.Ordinal));
        return names.Count == 0 ? "" : " : " + string.Join(", ", names);
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (FieldInfo f in type.GetFields(own).Where(f => f.IsPublic && !f.IsSpecialName))
            yield return type.IsEnum ? $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}"
                : $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{(f.IsInitOnly ? "readonly " : "")}{Name(f.FieldType)} {f.Name}";
        if (type.IsEnum) yield break;
        foreach (ConstructorInfo c in type.GetConstructors(own).Where(c => c.IsPublic || c.IsFamily))
            yield return $"new({Parameters(c)})";
        foreach (PropertyInfo p in type.GetProperties(own))
        {
            string get = Seen(p.GetMethod) ? "get; " : "", set = Seen(p.SetMethod) ? IsInit(p.SetMethod!) ? "init; " : "set; " : "";
            if (get.Length + set.Length == 0) continue;
            string index = p.GetIndexParameters() is { Length: > 0 } i ? $"[{string.Join(", ", i.Select(x => Name(x.ParameterType)))}]" : "";
            yield return $"{((p.GetMethod ?? p.SetMethod)!.IsStatic ? "static " : "")}{Name(p.PropertyType)} {p.Name}{index} {{ {get}{set}}}";
        }
        foreach (EventInfo e in type.GetEvents(own).Where(e => Seen(e.AddMethod)))
            yield return $"event {Name(e.EventHandlerType!)} {e.Name}";
        foreach (MethodInfo m in type.GetMethods(own).Where(m => Seen(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) && !m.Name.Contains('<')))
            yield return (m.IsStatic ? "static " : "") + Signature(m);
    }

    private static bool Seen(MethodInfo? m) => m is not null && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly);

    private static bool IsInit(MethodInfo set) =>
        set.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");

    private static string Signature(MethodInfo m) =>
        $"{Name(m.ReturnType)} {m.Name}{(m.IsGenericMethod ? $"<{string.Join(", ", m.GetGenericArguments().Select(Name))}>" : "")}({Parameters(m)})";

    private static string Parameters(MethodBase m) => string.Join(", ", m.GetParameters().Select(p =>
        $"{(p.IsOut ? "out " : p.ParameterType.IsByRef ? p.IsIn ? "in " : "ref " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + (p.DefaultValue ?? "default") : "")}"));

    private static string Name(Type t)
    {
        if (t.IsByRef) return Name(t.GetElementType()!);
        if (t.IsArray) return Name(t.GetElementType()!) + "[]";
        if (t.IsPointer) return Name(t.GetElementType()!) + "*";
        if (t.IsGenericParameter) return t.Name;
        if (Nullable.GetUnderlyingType(t) is { } u) return Name(u) + "?";
        string name = (t.IsNested ? Name(t.DeclaringType!) + "." : "") + t.Name.Split('`')[0];
        return t.IsGenericType ? $"{name}<{string.Join(", ", t.GetGenericArguments().Select(Name))}>" : name;
    }
}
